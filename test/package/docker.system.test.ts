import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const text = (name: string) => readFile(join(root, name), 'utf8');

interface Service {
  image: string;
  build?: string;
  command: string;
  environment: Record<string, string>;
  init?: boolean;
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string; disable?: boolean };
}
const compose: { services: Record<string, Service> } = parse(await text('docker-compose.yml'), {
  merge: true,
});
const dockerfile = await text('Dockerfile');
/** The files in the build context; everything else is ignored. */
const context = [...(await text('.dockerignore')).matchAll(/^!(.+)$/gm)].map(([, name = '']) => name);
const ours = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);

test('the image is built from files that exist, and its context has everything that the build reads', async () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  for (const name of copied) if (name !== '.') expect(context).toContain(name);
  for (const name of context)
    if (name !== 'admin') expect([name, existsSync(join(root, name))]).toEqual([name, true]);
  const { include } = JSON.parse(await text('tsconfig.build.json'));
  expect(context).toEqual(expect.arrayContaining(include));
});

test('the image runs unprivileged, and starts the file that the package names', async () => {
  const { bin } = JSON.parse(await text('package.json'));
  const [entrypoint = ''] = /(?<=^ENTRYPOINT ).*$/m.exec(dockerfile) ?? [];
  expect(JSON.parse(entrypoint)).toEqual(['node', bin.autoclose]);
  expect(dockerfile).toMatch(/^USER node$/m);
});

test('its health check passes only if the process is healthy', async () => {
  const [check = ''] = /(?<=^HEALTHCHECK .*CMD )\[.*\]$/m.exec(dockerfile) ?? [];
  const [command, ...args]: string[] = JSON.parse(check);
  expect(command).toBe('node');
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end()).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const healthy = (port: number) =>
    run(process.execPath, args, { env: { ...process.env, METRICS_PORT: String(port) } }).then(
      () => true,
      () => false,
    );
  expect(await healthy(address.port)).toBe(true);
  status = 503;
  expect(await healthy(address.port)).toBe(false);
  expect(await healthy(1)).toBe(false);
});

test('compose sets variables that exist, and starts each process after its dependencies are ready', async () => {
  const known = new Set(
    [...(await text('.env.example')).matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name),
  );
  expect(ours.map(([name]) => name)).toEqual(['server', 'worker', 'migrate', 'demo']);
  for (const [, { environment, depends_on: needs = {} }] of ours) {
    for (const name of Object.keys(environment)) expect([name, known.has(name)]).toEqual([name, true]);
    for (const [name, { condition }] of Object.entries(needs)) {
      expect(Object.keys(compose.services)).toContain(name);
      if (condition === 'service_healthy')
        expect(compose.services[name]?.healthcheck?.test).toBeTypeOf('string');
    }
  }
});

test('compose publishes only the API, and only on this machine, so that it can run beside another MySQL and Redis', async () => {
  const published = ({ services }: typeof compose) =>
    Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
  expect(published(compose)).toEqual([['server', `127.0.0.1:\${PORT:-9000}:9000`]]);
  expect(published(parse(await text('docker-compose.dev.yml')))).toEqual([
    ['mysql', '127.0.0.1:3306:3306'],
    ['redis', '127.0.0.1:6379:6379'],
  ]);
});

test('compose lets a signal end each process from the start, and checks its health', () => {
  for (const [, { init, environment, healthcheck }] of ours) {
    expect(init).toBe(true);
    if (!healthcheck?.disable) expect(Number(environment.METRICS_PORT)).toBeGreaterThan(0);
  }
});

test('Redis in compose loses no timers: it evicts nothing, and persists', () => {
  expect(compose.services.redis?.command).toContain('--maxmemory-policy noeviction');
  expect(compose.services.redis?.command).toContain('--appendonly yes');
});
