import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow } from '../../src/http/admin/auth/signed-in.ts';
import type { AdminDeps } from '../../src/http/admin/deps.ts';
import { adminRoutes } from '../../src/http/admin/routes.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { newTraceId } from '../../src/platform/log/trace.ts';
import { until } from '../support/until.ts';

let directory: string;
let sessions: Set<string>;
let app: FastifyInstance;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'autoclose-page-'));
  await mkdir(join(directory, 'assets'));
  const html =
    '<meta name="nonce" content="__CSP_NONCE__"><script src="/admin/assets/index-1a2b.js"></script>';
  await writeFile(join(directory, 'index.html'), html);
  await writeFile(join(directory, 'assets/index-1a2b.js'), 'start()');
  await writeFile(join(directory, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  sessions = new Set(['one']);
  app = await open(directory);
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

/** The plugin with a page in `pageDirectory`, the sessions above, and additional routes. */
async function open(pageDirectory: string, more: Partial<AdminDeps> = {}): Promise<FastifyInstance> {
  const server = fastify({ genReqId: newTraceId });
  const refuse = () => Promise.resolve({ kind: 'refused' } as const);
  const deps: AdminDeps = {
    log: createLogger('silent'),
    clock: { now: () => new Date() },
    version: '1.2.3',
    publicUrl: 'https://pay.example.com',
    pageDirectory,
    logIn: refuse,
    changePassword: refuse,
    passwordProblem: () => null,
    findSession: async (token) => (sessions.has(token) ? { name: 'ann', role: 'operator' } : null),
    endSession: async (token) => void sessions.delete(token),
    audit: async () => undefined,
    listAudit: async () => [],
    queues: [],
    isQueueReachable: () => false,
    routes: [
      async (api) => {
        api.get('/secret', async () => ({ secret: true }));
        api.get('/mine', { preHandler: allow('admin') }, async () => ({ secret: true }));
        api.post('/broken', () => Promise.reject(new Error('with data inside')));
        api.get('/events', (_request, reply) => {
          reply.hijack();
          reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
        });
      },
    ],
    ...more,
  };
  await server.register(adminRoutes, { ...deps, prefix: '/admin' });
  return server;
}

const get = (url: string, headers: Record<string, string> = {}, from = app) =>
  from.inject({ method: 'GET', url, headers });
const html = { accept: 'text/html,application/xhtml+xml' };

describe('the page', () => {
  test('is served for every path under /admin to browsers', async () => {
    for (const url of ['/admin', '/admin/', '/admin/orders', '/admin/orders/AC1', '/admin/index.html']) {
      const seen = await get(url, html);
      expect([seen.statusCode, seen.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(seen.body).toContain('/admin/assets/index-1a2b.js');
    }
    expect((await get('/admin/orders')).json()).toMatchObject({ error: 'not_found' });
  });

  test('may run and load only its own files, with a new nonce for its styles each time', async () => {
    const [one, other] = [await get('/admin/', html), await get('/admin/orders', html)];
    const nonces = [one, other].map(({ body }) => /content="([\w+/=]{24})"/.exec(body)?.[1]);
    expect(nonces[0]).not.toBe(nonces[1]);
    const policy = String(one.headers['content-security-policy']);
    expect(policy.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "manifest-src 'self'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonces[0]}'`,
    ]);
    expect(one.headers['cache-control']).toBe('no-store');
  });

  test('its assets are cached forever, and a missing one is not', async () => {
    const seen = await get('/admin/assets/index-1a2b.js');
    expect([seen.body, seen.headers['cache-control']]).toEqual([
      'start()',
      'public, max-age=31536000, immutable',
    ]);
    expect(seen.headers['content-type']).toMatch(/javascript/);
    expect((await get('/admin/favicon.svg')).statusCode).toBe(200);
    for (const url of ['/admin/assets/index-old.js', '/admin/assets/', '/admin/gone.png']) {
      const missing = await get(url);
      expect(missing.statusCode).toBeGreaterThanOrEqual(400);
      expect(missing.headers['cache-control']).toBe('no-store');
    }
  });

  test('no file outside its directory is served', async () => {
    for (const url of [
      '/admin/../package.json',
      '/admin/assets/..%2f..%2fpackage.json',
      '/admin/%2e%2e/a.json',
    ])
      expect((await get(url)).statusCode).toBeGreaterThanOrEqual(400);
  });

  test('if it has not been built, it says how to', async () => {
    const server = await open(join(directory, 'nowhere'));
    const seen = await get('/admin/', html, server);
    expect([seen.statusCode, seen.body]).toEqual([503, expect.stringContaining('npm run build')]);
    await server.close();
  });
});

test('every response has security headers: no sniffing, frames, caching or cross-site use', async () => {
  for (const url of ['/admin/', '/admin/api/me', '/admin/api/nothing', '/admin/queues', '/admin/queues/x']) {
    const { headers } = await get(url, url === '/admin/' ? html : {});
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'strict-transport-security': 'max-age=31536000',
    });
  }
});

describe('additional routes under /admin/api', () => {
  const cookie = '__Host-autoclose=one';

  test('require a signed-in user, and the role if they specify one', async () => {
    expect((await get('/admin/api/secret')).json()).toMatchObject({ error: 'not_signed_in' });
    expect((await get('/admin/api/secret', { cookie })).json()).toEqual({ secret: true });
    const refused = await get('/admin/api/mine', { cookie });
    expect([refused.statusCode, refused.json()]).toEqual([
      403,
      { error: 'not_allowed', detail: 'admin', traceId: expect.any(String) },
    ]);
  });

  test('a failure shows only its trace id, to search the log for', async () => {
    const file = join(directory, 'log');
    const server = await open(directory, { log: createLogger('info', { file }) });
    const me = await get('/admin/api/me', { cookie }, server);
    const headers = { cookie, 'x-csrf-token': String(me.json().csrf) };
    const seen = await server.inject({ method: 'POST', url: '/admin/api/broken', headers });
    expect([seen.statusCode, seen.json()]).toEqual([
      500,
      { error: 'internal', traceId: expect.stringMatching(/^[0-9a-f]{12}$/) },
    ]);
    const { msg, traceId } = JSON.parse(await readFile(file, 'utf8'));
    expect([msg, traceId.slice(0, 12)]).toEqual(['request failed', seen.json().traceId]);
    await server.close();
  });

  test('a stream ends with its session', async () => {
    const server = await open(directory, { sessionCheckEveryMs: 20 });
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    sessions.add('leaving');
    const response = await fetch(`${url}/admin/api/events`, {
      headers: { cookie: '__Host-autoclose=leaving' },
    });
    const reader = response.body?.getReader();
    expect(String(new TextDecoder().decode((await reader?.read())?.value))).toContain('hello');
    sessions.delete('leaving');
    let isOver = false;
    reader?.read().then(
      () => (isOver = true),
      () => (isOver = true),
    );
    await until('the stream ends', () => isOver);
    await server.close();
  });

  test('a client that disconnects during its session’s lookup is not checked again', async () => {
    const looks: string[] = [];
    let arrived = () => {};
    const isAsked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let release = () => {};
    const isGone = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server = await open(directory, {
      sessionCheckEveryMs: 20,
      findSession: async (token) => {
        looks.push(token);
        if (token === 'gone') {
          arrived();
          await isGone;
        }
        return { name: 'ann', role: 'operator' };
      },
    });
    const closed = new Promise<void>((resolve) => {
      server.server.once('request', (_request, response) => response.once('close', resolve));
    });
    const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/admin/api/events`;
    const leaving = new AbortController();
    const left = fetch(url, { headers: { cookie: '__Host-autoclose=gone' }, signal: leaving.signal });
    await isAsked;
    leaving.abort();
    await expect(left).rejects.toThrow('abort');
    await closed;
    release();
    const staying = new AbortController();
    const cookieOfStayer = { cookie: '__Host-autoclose=staying' };
    await fetch(url, { headers: cookieOfStayer, signal: staying.signal });
    await until('the open stream is checked', () => looks.filter((token) => token === 'staying').length > 4);
    expect(looks.filter((token) => token === 'gone')).toHaveLength(1);
    staying.abort();
    await server.close();
  });
});
