import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { allPages, anchorsOf, codesIn, type Page, readPage, root, withoutComments } from './markdown.ts';

const english = readPage('README.md');
const chinese = readPage('README.zh-CN.md');
const readmes = [english, chinese].map((page) => [page.path, page] as const);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The table whose first column's head is one of these, in either language; its rows without the head. */
function table({ tables }: Page, ...heads: string[]): string[][] {
  const found = tables.find(([head]) => heads.includes(head?.[0] ?? ''));
  return found?.slice(1) ?? [];
}

describe('the README in Chinese', () => {
  test('has the sections of the English one', () => {
    const levels = ({ headings }: Page) => headings.map(({ level }) => level);
    expect(levels(english).length).toBeGreaterThan(8);
    expect(levels(chinese)).toEqual(levels(english));
  });

  test('has the same code, with comments of its own', () => {
    // A block without a language is a picture.
    const code = ({ blocks }: Page) =>
      blocks.map((block) => (block.language === '' ? '' : withoutComments(block.code)));
    expect(code(english).length).toBeGreaterThan(5);
    expect(code(chinese)).toEqual(code(english));
  });

  test('has the same tables, as many rows and the same names in their first columns', () => {
    const names = ({ tables }: Page) =>
      tables.map((rows) => rows.slice(1).map(([first]) => codesIn(first).join()));
    expect(names(english).length).toBeGreaterThan(4);
    expect(names(chinese)).toEqual(names(english));
  });

  test('has the same anchors and leads to the same places', () => {
    const places = ({ links }: Page) =>
      links.flatMap(({ target, isPicture }) => (isPicture || target.startsWith('README') ? [] : [target]));
    expect(english.anchors.length).toBeGreaterThan(8);
    expect(chinese.anchors).toEqual(english.anchors);
    expect(places(chinese)).toEqual(places(english));
  });
});

describe.each(readmes)('%s', (_path, page) => {
  test('has every variable and no other, with its default', () => {
    const example = new Map(
      [...read('.env.example').matchAll(/^([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    const rows = table(page, 'variable', '变量');
    const named = rows.flatMap(([variables]) => codesIn(variables));
    expect(named.toSorted()).toEqual([...example.keys()].toSorted());
    const wrong = rows.flatMap(([variables, defaults]) =>
      codesIn(defaults).flatMap((value, index) => {
        const name = codesIn(variables)[index] ?? '';
        return example.get(name) === value ? [] : [`${name}: ${value}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('has every command and no other', async () => {
    const program = await wholeProgram();
    const named = table(page, 'command', '命令').flatMap(([commands]) => codesIn(commands));
    const first = new Set(named.map((command) => command.split(' ')[0] ?? ''));
    expect([...first].toSorted()).toEqual(program.commands.map((command) => command.name()).toSorted());
  });

  test('has every way to change a user', async () => {
    const admin = (await wholeProgram()).commands.find((command) => command.name() === 'admin');
    const row = table(page, 'command', '命令').find(([commands]) => commands?.includes('`admin'));
    const named = codesIn(row?.join()).join();
    expect(admin?.commands.map((command) => command.name()).filter((name) => !named.includes(name))).toEqual(
      [],
    );
  });

  test('says what to do on every alert, in the row that the alert leads to', () => {
    const rows = table(page, 'alert', '告警');
    const anchor = /<a id="([^"]+)">/;
    const said = rows.flatMap(([first = '']) =>
      codesIn(first).map((alert) => `${alert} README.md#${anchor.exec(first)?.[1]}`),
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

describe.each(allPages().map((path) => [path, readPage(path)] as const))('%s', (path, page) => {
  test('leads to files and places that are there', () => {
    const dead = page.links
      .filter(({ target, isPicture }) => !isPicture && !/^[a-z]+:/.test(target))
      .flatMap(({ target }) => {
        const [file = '', anchor] = target.split('#');
        const to = file === '' ? path : join(dirname(path), file);
        if (!existsSync(join(root, to))) return [target];
        if (anchor === undefined) return [];
        return anchorsOf(readPage(to)).includes(anchor) ? [] : [target];
      });
    expect(dead).toEqual([]);
  });

  test('shows pictures that are there', () => {
    const pictures = page.links.filter(({ isPicture }) => isPicture).map(({ target }) => target);
    expect(pictures.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
  });

  test('names files and folders that are there', () => {
    const named = codesIn(read(path).replaceAll(/^```.*?^```$/gms, '')).filter((code) =>
      /^(src|admin|test|bench|docs|ops|migrations)\/[\w./-]*$/.test(code),
    );
    expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([]);
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
  for (const file of readdirSync(join(root, 'src/commands'))) {
    const module: Record<string, unknown> = await import(join(root, 'src/commands', file));
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
