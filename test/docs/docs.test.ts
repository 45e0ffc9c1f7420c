import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { codes } from '../../src/http/daxpay/answer/codes.ts';
import { codesIn, english, inBoth, type Page, root, table } from './markdown.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const named = (pages: Page[]) => pages.map((page) => [page.path, page] as const);

describe.each(named(inBoth('configuration.md')))('%s', (_path, page) => {
  test('has every variable and no other, with its default', () => {
    const example = new Map(
      [...read('.env.example').matchAll(/^([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    const rows = table(page, 'variable', '变量');
    const variables = rows.flatMap(([first]) => codesIn(first));
    expect(variables.toSorted()).toEqual([...example.keys()].toSorted());
    const wrong = rows.flatMap(([first, defaults]) =>
      codesIn(defaults).flatMap((value, index) => {
        const name = codesIn(first)[index] ?? '';
        return example.get(name) === value ? [] : [`${name}: ${value}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(named(inBoth('command-line.md')))('%s', (_path, page) => {
  test('has every command and no other', async () => {
    const program = await wholeProgram();
    const commands = table(page, 'command', '命令').flatMap(([first]) => codesIn(first));
    const first = new Set(commands.map((command) => command.split(' ')[0] ?? ''));
    expect([...first].toSorted()).toEqual(program.commands.map((command) => command.name()).toSorted());
  });

  test('has every way to change a user', async () => {
    const admin = (await wholeProgram()).commands.find((command) => command.name() === 'admin');
    const row = table(page, 'command', '命令').find(([commands]) => commands?.includes('`admin'));
    const ways = codesIn(row?.join()).join();
    expect(admin?.commands.map((command) => command.name()).filter((name) => !ways.includes(name))).toEqual(
      [],
    );
  });
});

describe.each(named(inBoth('operations.md')))('%s', (_path, page) => {
  test('says what to do on every alert, in the row that the alert leads to', () => {
    const rows = table(page, 'alert', '告警');
    const anchor = /<a id="([^"]+)">/;
    const said = rows.flatMap(([first = '']) =>
      codesIn(first).map((alert) => `${alert} ${english(page.path)}#${anchor.exec(first)?.[1]}`),
    );
    expect(said.toSorted()).toEqual(
      alerts.map(({ alert, annotations }) => `${alert} ${annotations.runbook}`).toSorted(),
    );
  });

  test('quotes what the log says as the program says it', () => {
    const source = sourceFiles().map(read).join('\n');
    const messages = table(page, 'message', '日志')
      .flatMap(([first]) => codesIn(first))
      .filter((message) => message.includes(' '));
    expect(messages.length).toBeGreaterThan(15);
    expect(messages.filter((message) => !source.includes(`'${message}'`))).toEqual([]);
  });
});

describe.each(named(inBoth('api.md')))('%s', (_path, page) => {
  test('names codes that the API answers with', () => {
    const known = Object.values(codes).map(({ code }) => String(code));
    const said = table(page, '`data.code`').flatMap(([first]) => codesIn(first));
    expect(said.length).toBeGreaterThan(5);
    expect(said.filter((code) => !known.includes(code))).toEqual([]);
  });
});

const alertsSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(z.object({ alert: z.string(), annotations: z.object({ runbook: z.string() }) })),
    }),
  ),
});
const alerts = alertsSchema
  .parse(parse(read('ops/prometheus/alerts.yml')))
  .groups.flatMap(({ rules }) => rules);

/** The command line with all its commands, none of which is run. */
async function wholeProgram(): Promise<Command> {
  const program = new Command('autoclose');
  for (const file of sourceFiles().filter((path) => path.startsWith('src/commands/'))) {
    const module: Record<string, unknown> = await import(join(root, file));
    for (const [name, add] of Object.entries(module)) {
      if (/^add\w+Commands?$/.test(name) && typeof add === 'function') add(program);
    }
  }
  return program;
}

function sourceFiles(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path))
    .filter((path) => path.endsWith('.ts') && statSync(join(root, path)).isFile());
}
