import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type LocalServices,
  provideServices,
  startOwnDatabase,
  startOwnRedis,
} from '../../src/sandbox/services/services.ts';
import { until } from '../support/until.ts';

const NO_ENGINE = 'unix:///nonexistent/docker.sock';

/** The only place where servers started here may create files. */
let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 's-'));
  await chmod(temporary, 0o1777);
});

afterEach(async () => {
  await rm(temporary, { recursive: true });
});

/** Our environment, without settings for services. */
function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...process.env, DATABASE_URL: '', REDIS_URL: '', TMPDIR: temporary, ...more };
}

/** A machine without servers and without apt-get. */
function emptyMachine(more: Record<string, string> = {}) {
  const env = environment({ PATH: temporary, DOCKER_HOST: NO_ENGINE, ...more });
  return { env, directories: [], say: () => undefined };
}

test('given URLs are used as they are, and nothing is started', async () => {
  const urls = {
    DATABASE_URL: 'mysql://u:p@db.example:3307/x?ssl={"rejectUnauthorized":true}',
    REDIS_URL: 'rediss://:p@r.example/3',
  };
  const services = await provideServices(emptyMachine(urls));
  expect(services.databaseUrl).toBe(urls.DATABASE_URL);
  expect(services.redisUrl).toBe(urls.REDIS_URL);
  expect(services.description).toEqual([
    'MySQL: DATABASE_URL, at db.example:3307',
    'Redis: REDIS_URL, at r.example',
  ]);
  await services.stop();
});

test('with one URL given, the other service is still provided', async () => {
  const env = environment({ DATABASE_URL: 'mysql://u@db.example/x' });
  const services = await provideServices({ env, say: () => undefined });
  expect(services.databaseUrl).toBe('mysql://u@db.example/x');
  expect(await answers(services.redisUrl)).toBe(true);
  await services.stop();
  expect(await answers(services.redisUrl)).toBe(false);
});

test('if nothing is available, one message names what is missing and the four options', async () => {
  const failure = provideServices(emptyMachine());
  await expect(failure).rejects.toThrow(/No MySQL and no Redis .*no Docker engine answers/);
  await expect(failure).rejects.toThrow(/DATABASE_URL .*REDIS_URL .*Docker .*mysqld.*redis-server.*apt-get/s);
});

test('each missing service is reported separately', async () => {
  const failure = provideServices(emptyMachine({ DATABASE_URL: 'mysql://u@db.example/x' }));
  await expect(failure).rejects.toThrow(/^No Redis available/);
});

test('a Docker engine that accepts connections but never answers does not block', async () => {
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const failure = provideServices(emptyMachine({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }));
  await expect(failure).rejects.toThrow('no Docker engine answers');
  silent.close();
});

test('a server that ends while starting is reported with its last output', async () => {
  const machine = emptyMachine();
  await writeFile(join(temporary, 'redis-server'), '#!/bin/sh\necho cannot do that\nexit 1\n', {
    mode: 0o755,
  });
  await expect(startOwnRedis(machine)).rejects.toThrow(
    /redis-server could not be started: .*cannot do that/s,
  );
  expect(await remains()).toEqual([]);
});

test('no server runs as root, and stop leaves neither servers nor directories', async () => {
  const services = await provideServices({ env: environment(), say: () => undefined });
  const processes = await processesIn(temporary);
  expect(processes.filter(({ uid }) => uid === 0)).toEqual([]);
  expect(await answers(services.databaseUrl)).toBe(true);
  expect(await answers(services.redisUrl)).toBe(true);
  await services.stop();
  expect(await remains(services)).toEqual([]);
});

test('SIGKILL of the process that started them leaves neither servers nor directories', async () => {
  const holder = startHolder();
  const services = await firstLine(holder);
  expect(await answers(services.databaseUrl)).toBe(true);
  expect(await answers(services.redisUrl)).toBe(true);
  holder.kill('SIGKILL');
  await until('nothing remains', async () => (await remains(services)).length === 0);
});

test('SIGKILL while the servers are being created leaves nothing either', async () => {
  const holder = startHolder();
  const firstFiles = until('the first files appear', async () => {
    const mysql = (await directories()).find((name) => name.includes('mysql'));
    return mysql !== undefined && (await readdir(join(temporary, mysql))).includes('data');
  });
  // Containers have no visible files: then it is killed immediately.
  await Promise.race([firstFiles, firstLine(holder)]);
  holder.kill('SIGKILL');
  await until('nothing remains', async () => (await remains()).length === 0);
});

test('a process that has nothing left to do exits, and its servers end', async () => {
  const holder = startHolder({}, '');
  const services = await firstLine(holder);
  if (holder.exitCode === null) await once(holder, 'exit');
  expect(holder.exitCode).toBe(0);
  await until('nothing remains', async () => (await remains(services)).length === 0);
});

test('a dedicated Redis restarts empty, on the same port', async () => {
  const server = await startOwnRedis({ env: environment(), say: () => undefined });
  await withRedis(server.url, (redis) => redis.set('key', 'value'));
  await server.kill();
  expect(await answers(server.url)).toBe(false);
  await server.start();
  expect(await withRedis(server.url, (redis) => redis.dbsize())).toBe(0);
  await server.stop();
  expect(await remains()).toEqual([]);
});

test('a dedicated database keeps exactly the committed rows after a kill', async () => {
  const server = await startOwnDatabase({ env: environment(), say: () => undefined });
  const before = await createConnection({ uri: server.url });
  before.on('error', () => undefined);
  await before.query('CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB');
  await before.query('INSERT INTO t VALUES (1), (2)');
  await before.beginTransaction();
  await before.query('INSERT INTO t VALUES (3)');
  await server.kill();
  before.destroy();
  expect(await answers(server.url)).toBe(false);
  await server.start();
  const after = await createConnection({ uri: server.url });
  const [rows] = await after.query('SELECT id FROM t ORDER BY id');
  await after.end();
  expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
  await server.stop();
  expect(await remains()).toEqual([]);
});

/** A process that starts services, prints them as one line of JSON, and then runs `afterwards`. */
function startHolder(
  env: Record<string, string> = {},
  afterwards = 'setInterval(() => {}, 60_000);',
): ChildProcess {
  const module = new URL('../../src/sandbox/services/services.ts', import.meta.url).href;
  const program = `
    const { provideServices } = await import(${JSON.stringify(module)});
    const services = await provideServices({ env: process.env, say: () => {} });
    process.stdout.write(JSON.stringify(services) + '\\n');
    ${afterwards}`;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(holder: ChildProcess): Promise<LocalServices> {
  if (holder.stdout === null) throw new Error('the holder writes to a pipe');
  for await (const line of createInterface({ input: holder.stdout })) return JSON.parse(line);
  throw new Error('the holder ended without output');
}

/** What is left of the servers started here, for a readable failure. */
async function remains(services?: Pick<LocalServices, 'databaseUrl' | 'redisUrl'>): Promise<string[]> {
  const urls = services === undefined ? [] : [services.databaseUrl, services.redisUrl];
  const answering = await Promise.all(urls.map(async (url) => ((await answers(url)) ? [url] : [])));
  const processes = (await processesIn(temporary)).map(({ pid }) => `process ${pid}`);
  return [...(await directories()), ...answering.flat(), ...processes];
}

async function directories(): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith('autoclose-'));
}

/** Processes that run in the directory or have it in their command line. None on a system without /proc. */
async function processesIn(directory: string): Promise<{ pid: number; uid: number }[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (!cwd.startsWith(directory) && !command.includes(directory)) return [];
      const owner = await stat(`/proc/${pid}`).catch(() => null);
      return owner === null ? [] : [{ pid: Number(pid), uid: owner.uid }];
    }),
  );
  return found.flat();
}

async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
