import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publint } from 'publint';
import { satisfies } from 'semver';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { until } from '../support/until.ts';
import { type Installed, installTarball, lockedPackages, root, run } from './install.ts';

/** The oldest supported version of each line. */
const nodes = ['20.19.0', '22.13.0', '24.11.0'];
/**
 * These declare Node 22 and run on 20, as the tests on it show: `cookie` is for requests that a program makes to itself
 * (`inject`), `content-disposition` for downloads, which the page does not have.
 */
const known = ['node_modules/content-disposition on 20.19.0', 'node_modules/cookie on 20.19.0'];

/** For several starts of a program on a busy machine. */
const SLOW_MS = 180_000;

let installed: Installed;
beforeAll(async () => {
  installed = await installTarball();
}, SLOW_MS);
afterAll(() => installed?.remove());

test('the tarball has the program, its migrations, its page and its types, and no development files', () => {
  const { files } = installed;
  const wanted = ['src/main.js', 'src/index.d.ts', 'migrations/index.js', 'admin/index.html'];
  expect(files).toEqual(expect.arrayContaining(wanted.map((path) => `dist/${path}`)));
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', '.env.example', 'CHANGELOG.md']));
  const needless = files.filter(
    (path) => !/^(dist|ops|docs)\/|^[^/]+$/.test(path) || /(?<!\.d)\.ts$|\.map$/.test(path),
  );
  expect(needless).toEqual([]);
});

test('links in its README lead to files in it', async () => {
  const readme = await readFile(join(installed.folder, 'node_modules/autoclose/README.md'), 'utf8');
  const targets = [...readme.matchAll(/(?<!!)\[[^\]]*\]\((?!https?:|#)([^)#]+)/g)].map(
    ([, path = '']) => path,
  );
  expect(targets.length).toBeGreaterThan(8);
  const { files } = installed;
  expect(targets.filter((path) => !files.some((file) => file === path || file.startsWith(path)))).toEqual([]);
});

test('its package.json describes its files correctly', async () => {
  const pkgDir = join(installed.folder, 'node_modules/autoclose');
  const { messages } = await publint({ pkgDir, pack: false, strict: true });
  expect(messages).toEqual([]);
});

test('it and every package it needs run on each supported Node version', async () => {
  const own: { engines: { node: string } } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const needed = (await lockedPackages()).filter(([, { dev }]) => !dev);
  const ranges = [['autoclose', own] as const, ...needed];
  const refusals = ranges.flatMap(([name, { engines }]) =>
    nodes.filter((node) => !satisfies(node, engines?.node ?? '*')).map((node) => `${name} on ${node}`),
  );
  expect(refusals.filter((refusal) => !known.includes(refusal))).toEqual([]);
});

test('its command prints its version, and has the commands that compose runs', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect(await installed.run(installed.program, '--version')).toBe(`${version}\n`);
  const help = await installed.run(installed.program, '--help');
  for (const command of ['start', ...(await composeCommands())]) {
    expect(help).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  }
});

async function composeCommands(): Promise<string[]> {
  const compose = await readFile(join(root, 'docker-compose.yml'), 'utf8');
  const { services }: { services: Record<string, { build?: string; command: string }> } = parse(compose, {
    merge: true,
  });
  const ours = Object.values(services).filter(({ build }) => build !== undefined);
  return ours.map(({ command }) => command.split(' ')[0] ?? '');
}

test('it can be imported and required by its names', async () => {
  const script = `
    const [library, client] = await Promise.all([import('autoclose'), import('autoclose/client')]);
    const { createRequire } = await import('node:module');
    const required = createRequire(process.cwd() + '/x.js')('autoclose');
    console.log(typeof library.createAutoclose, typeof client.createClient, typeof required.migrate);`;
  const printed = await installed.run(process.execPath, '--input-type=module', '-e', script);
  expect(printed).toBe('function function function\n');
});

test.each([
  ['nodenext', 'nodenext'],
  ['bundler', 'preserve'],
])('its types compile in a strict program with module resolution %s', async (moduleResolution, module) => {
  const { folder } = installed;
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2023',
    types: ['node'],
    moduleResolution,
    module,
  };
  const config = join(folder, `tsconfig.${moduleResolution}.json`);
  await writeFile(config, JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  await writeFile(join(folder, 'consumer.ts'), consumer);
  const { stdout } = await run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    config,
  ]);
  expect(stdout).toBe('');
});

const consumer = `
import { type Autoclose, type ChannelFactory, type CloseOutcome, createAutoclose, type Order } from 'autoclose';
import { createClient } from 'autoclose/client';
export const open = (channel: ChannelFactory): Promise<Autoclose> =>
  createAutoclose({ databaseUrl: '', redisUrl: '', channels: [channel], async onChange({ order }) { void order.paidAt; } });
export const orderOf = (outcome: CloseOutcome): Order | null => (outcome.kind === 'closed' ? outcome.order : null);
export const client = createClient({ baseUrl: '', signSecret: '', signType: 'HMAC_SHA256' });
// @ts-expect-error A custom channel's name begins with own_.
export const name: ReturnType<ChannelFactory>['name'] = 'mall';
`;

test(
  'installed, it migrates a database, serves and works, and ends cleanly on SIGTERM',
  async () => {
    const name = `t${randomBytes(6).toString('hex')}`;
    const admin = await new DataSource({ type: 'mysql', url: inject('databaseUrl') }).initialize();
    await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    const databaseUrl = new URL(inject('databaseUrl'));
    databaseUrl.pathname = `/${name}`;
    const port = String(await freePort());
    const settings = {
      DATABASE_URL: databaseUrl.href,
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: name,
      HOST: '127.0.0.1',
      PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SIGN_SECRET: 's',
      METRICS_PORT: String(await freePort()),
    };
    await writeFile(
      join(installed.folder, '.env'),
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    try {
      expect(await installed.run(installed.program, 'migrate')).toContain('Migrated: ');
      const server = spawn(installed.program, ['start'], {
        cwd: installed.folder,
        stdio: 'ignore',
      });
      const ended = once(server, 'exit');
      try {
        for (const at of [settings.PORT, settings.METRICS_PORT]) {
          const url = `http://127.0.0.1:${at}/healthz`;
          const answer = await until('it answers', () => fetch(url).catch(() => null), SLOW_MS);
          expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
        }
      } finally {
        server.kill('SIGTERM');
      }
      expect(await ended).toEqual([0, null]);
    } finally {
      await admin.query(`DROP DATABASE ${name}`);
      await admin.destroy();
    }
  },
  SLOW_MS,
);
