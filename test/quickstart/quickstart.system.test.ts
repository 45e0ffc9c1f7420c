import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { refuseForeignDatabase } from '../../src/sandbox/quickstart/own-database.ts';
import { quickstart as runQuickstart } from '../../src/sandbox/quickstart/quickstart.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { startOwnDatabase } from '../../src/sandbox/services/services.ts';
import { addUser, createVisitor } from '../admin/visitor.ts';
import { programFile } from '../support/process.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const name = `t${randomBytes(6).toString('hex')}`;
let admin: DataSource;
let databaseUrl: string;
beforeAll(async () => {
  admin = await new DataSource({ type: 'mysql', url: inject('databaseUrl') }).initialize();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  databaseUrl = url.href;
});
afterAll(async () => {
  await admin.query(`DROP DATABASE ${name}`);
  await admin.destroy();
});

async function enabledUsers(): Promise<number> {
  const sql = `SELECT 1 FROM ${name}.admin_user WHERE disabled_at IS NULL`;
  const rows: unknown[] = await admin.query(sql).catch(() => []);
  return rows.length;
}
/** All processes below this one. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const own = text.split(' ').filter(Boolean).map(Number);
  return [...own, ...(await Promise.all(own.map(childrenOf))).flat()];
}

const isAdminPage = (line: string) => line.startsWith('Admin page:');
/** Through npm, like a reader. */
const byNpm = ['npm', 'run', '--silent', 'quickstart', '--'];
/** The built program. */
const direct = [process.execPath, programFile, 'quickstart'];

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

async function quickstart([command = '', ...args]: string[], more: Record<string, string> = {}) {
  const env = { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: inject('redisUrl'), ...more };
  const port = String(await freePort());
  const child = spawn(command, [...args, '--once', '--json'], {
    cwd: root,
    env: { PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const stderr = createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const ended = once(child, 'close').then(() => child.exitCode);
  return { child, lines, errors, stderr, ended };
}

/** For npm and two Node.js processes, on a busy machine. */
const LIMIT_MS = 240_000;

describe('the quickstart, after one that was killed', { timeout: LIMIT_MS }, () => {
  let run: Awaited<ReturnType<typeof quickstart>>;
  beforeAll(async () => {
    const cut = await quickstart(direct);
    await until('it has a user', async () => (await enabledUsers()) === 1, LIMIT_MS);
    const pid = cut.child.pid ?? 0;
    for (const each of [...(await childrenOf(pid)), pid]) process.kill(each, 'SIGKILL');
    await cut.ended;
    run = await quickstart(byNpm);
  }, LIMIT_MS);

  test('gives the reader access to the admin page, with a password for this run that is stored nowhere', async () => {
    const { ended, errors } = run;
    const line = await until('it prints the login', () => errors.find(isAdminPage), LIMIT_MS);
    const login = /^Admin page: (.+)\/admin {3}user: (\S+) {3}password: (\S+) /.exec(line);
    const [, url = '', user = '', password = ''] = login ?? [];
    const seen = await createVisitor(url).logIn(user, password);
    expect([seen.status, seen.json]).toEqual([200, expect.objectContaining({ role: 'admin' })]);
    expect(await ended).toBe(0);

    const logFile = /log: (\S+)/.exec(errors.join('\n'))?.[1] ?? '';
    expect(await readFile(logFile, 'utf8')).not.toContain(password);
    const rows = await admin.query(
      `SELECT disabled_at AS ended FROM ${name}.admin_user WHERE name = '${user}'`,
    );
    expect(rows).toEqual([{ ended: expect.any(Date) }]);
  });

  test('--once --json: every order ends correctly on both sides, and the last line reports it', async () => {
    expect(await run.ended).toBe(0);
    expect(JSON.parse(run.lines.at(-1) ?? '')).toEqual({
      orders: 20,
      paid: 7,
      closed: 13,
      wrong: 0,
      notified: 20,
      latenessMs: { p50: expect.any(Number), p99: expect.any(Number), max: expect.any(Number) },
    });
  });

  test('leaves no enabled user of the admin page', async () => {
    await run.ended;
    expect(await enabledUsers()).toBe(0);
  });

  test('uses a database whose first migration was interrupted', async () => {
    await run.ended;
    // As if killed in the middle of its first migration.
    const tables: { name: string }[] = await admin.query(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${name}' AND table_name <> 'autoclose_migrations'`,
    );
    for (const { name: table } of tables) await admin.query(`DROP TABLE ${name}.${table}`);
    await admin.query(`DELETE FROM ${name}.autoclose_migrations`);
    await expect(refuseForeignDatabase(databaseUrl)).resolves.toBeUndefined();
    await migrate(databaseUrl);
  });
});

describe('the quickstart', { timeout: LIMIT_MS }, () => {
  test('SIGTERM to npm ends it cleanly before its summary, with a failure code', async () => {
    const { child, ended, stderr } = await quickstart(byNpm);
    for await (const line of stderr) if (isAdminPage(line)) break;
    child.kill('SIGTERM');
    expect(await ended).not.toBe(0);
    await until('nobody can sign in any more', async () => (await enabledUsers()) === 0);
  });

  test('survives a short outage of its database', async () => {
    const database = await startOwnDatabase({ env: process.env, say: () => {} });
    onTestFinished(() => database.stop());
    const { ended, errors, lines } = await quickstart(direct, { DATABASE_URL: database.url });
    await until('it sells', () => errors.find(isAdminPage), LIMIT_MS);
    await database.kill();
    await database.start();
    expect([await ended, errors]).toEqual([0, expect.anything()]);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ orders: 20, wrong: 0, notified: 20 });
  });
});

describe('the quickstart refuses to start', () => {
  async function refusal(more: Record<string, string>): Promise<unknown> {
    const env = { DATABASE_URL: databaseUrl, REDIS_URL: inject('redisUrl'), PORT: '0', ...more };
    const { signal } = new AbortController();
    return runQuickstart({ env, once: true, json: true, signal }).catch((error: unknown) => error);
  }

  test.each([
    ['orders', (world: World) => world.create('wechat_pay', { bizOrderNo: 'P-real' })],
    ['users', (world: World) => addUser(world.app, 'alice')],
  ])('in a database that is in use, with %s', async (_with, use) => {
    const world = await createWorld();
    onTestFinished(() => world.end());
    await use(world);
    expect(await refusal({ DATABASE_URL: world.env.DATABASE_URL ?? '' })).toMatchObject({
      message: expect.stringContaining('DATABASE_URL: the database is in use'),
    });
  });

  test('if Redis cannot be reached', async () => {
    expect(await refusal({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` })).toMatchObject({
      message: expect.stringContaining('REDIS_URL: cannot be reached'),
    });
  });
});
