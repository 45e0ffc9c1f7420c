import { EventEmitter, once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { MAX_ANSWER_BYTES } from '../../src/channel/adapter/reply.ts';
import type { Channel, ChannelOrder } from '../../src/channel/channel.ts';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../support/simulator.ts';
import { adapters, anOrder, anybody, aRefund, urlOf } from './support.ts';

/** Behavior of proxies, not of gateways. */

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterAll(() => simulator.close());

/** Longer than the test's timeout: the clients' real timers do not fire before it. */
const DEADLINE_MS = 120_000;
const JSON_TYPE = { 'Content-Type': 'application/json' };

async function listen(answer: RequestListener) {
  const server = createServer(answer);
  const seen = { connections: 0, requests: 0 };
  server.on('connection', () => {
    seen.connections += 1;
  });
  server.on('request', () => {
    seen.requests += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { seen, url: urlOf(server) };
}

const payer = { ...anybody, authCode: '134567890123456789' };
const charge = (channel: Channel, order: ChannelOrder) => [
  channel.create({ ...order, method: 'barcode' }, payer),
  channel.close({ ...order, method: 'barcode' }),
];
const voiding = (channel: Channel, order: ChannelOrder) => [
  channel.cancel(order, aRefund(order)) ?? Promise.reject(new Error('not voided')),
];

/** How each client is opened at another URL, its additional calls, and the total number of calls. */
describe.each([
  [
    'wechat_pay',
    (url: string, ms?: number) => adapters.wechat_pay(simulator, { baseUrl: `${url}/`, ...limit(ms) }),
    charge,
    6,
  ],
  [
    'ali_pay',
    (url: string, ms?: number) => adapters.ali_pay(simulator, { endpoint: url, ...limit(ms) }),
    charge,
    6,
  ],
  [
    'union_pay',
    (url: string, ms?: number) => adapters.union_pay(simulator, { baseUrl: url, ...limit(ms) }),
    voiding,
    5,
  ],
] as const)('%s', (_name, open, more, calls) => {
  const operations = (channel: Channel) => {
    const order = anOrder({ paidAt: new Date(), createAttemptedAt: new Date(Date.now() - 20_000) });
    const refund = aRefund(order);
    return [
      channel.create(anOrder(), anybody),
      channel.query(order),
      channel.refund(order, refund),
      channel.queryRefund({ ...order, paidAt: null }, refund),
      ...more(channel, order),
    ];
  };

  test('an answer that arrives byte by byte is aborted at the deadline', async () => {
    // The deadline passes only after all answers have begun.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const dripping = new EventEmitter();
    const givenUp: Promise<unknown>[] = [];
    const { url } = await listen((_request, response) => {
      response.writeHead(200, JSON_TYPE);
      const drip = setInterval(() => response.write(' '), 10);
      givenUp.push(once(response, 'close').then(() => clearInterval(drip)));
      if (givenUp.length === calls) dripping.emit('all');
    });
    const allDrip = once(dripping, 'all');
    const results = Promise.all(operations(open(url, DEADLINE_MS)));
    await allDrip;
    vi.advanceTimersByTime(DEADLINE_MS);
    for (const result of await results) {
      expect(result).toEqual({ kind: 'unknown', answer: `timeout after ${DEADLINE_MS} ms` });
    }
    await Promise.all(givenUp);
    expect(givenUp).toHaveLength(calls);
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%d) is not followed', async (status) => {
    const { url, seen } = await listen((request, response) => {
      response.writeHead(status, { Location: `${request.url}?again` }).end();
    });
    for (const result of await Promise.all(operations(open(url)))) expect(result.kind).toBe('unknown');
    expect(seen.requests).toBe(calls);
  });

  test('a redirect sends nothing to another host', async () => {
    const other = await listen((_request, response) => response.end('{}'));
    const { url } = await listen((_request, response) => {
      response.writeHead(307, { Location: other.url }).end();
    });
    expect((await open(url).query(anOrder())).kind).toBe('unknown');
    expect(other.seen.requests).toBe(0);
  });

  test('a broken connection is not retried', async () => {
    const { url, seen } = await listen((request) => request.socket.resetAndDestroy());
    for (const result of await Promise.all(operations(open(url)))) expect(result.kind).toBe('unknown');
    expect(seen.requests).toBe(calls);
  });

  test('connection refused: unknown', async () => {
    for (const result of await Promise.all(operations(open(await abandonedUrl())))) {
      expect(result).toEqual({ kind: 'unknown', answer: 'no answer: ECONNREFUSED' });
    }
  });

  test('an answer above the size limit is not read', async () => {
    const { url } = await listen((_request, response) => {
      response.writeHead(400, JSON_TYPE);
      response.end(`{"code":"${'x'.repeat(MAX_ANSWER_BYTES)}"}`);
    });
    for (const result of await Promise.all(operations(open(url)))) {
      expect(result.kind).toBe('unknown');
      expect(result.answer).toMatch(/^no answer: /);
    }
  });

  test.each(['', 'null', '[]', '"text"', '{"code":1}', '{"code":{"__proto__":1}}', '<html>', '{'])(
    'a refusal with the body %j is unknown',
    async (body) => {
      const { url } = await listen((_request, response) => {
        response.writeHead(400, JSON_TYPE).end(body);
      });
      for (const result of await Promise.all(operations(open(url)))) expect(result.kind).toBe('unknown');
    },
  );

  test.each([200, 201, 202, 204, 206])('%d without a signature is unknown', async (status) => {
    const { url } = await listen((_request, response) => {
      response.writeHead(status, JSON_TYPE).end(status === 204 ? undefined : '{}');
    });
    for (const result of await Promise.all(operations(open(url)))) expect(result.kind).toBe('unknown');
  });

  test('consecutive calls share connections', async () => {
    const { url, seen } = await listen((_request, response) => {
      response.writeHead(400, JSON_TYPE).end('{"code":"X","message":"x"}');
    });
    const channel = open(url);
    for (let count = 0; count < 10; count += 1) await channel.query(anOrder());
    expect(seen.requests).toBe(10);
    expect(seen.connections).toBeLessThanOrEqual(2);
  });
});

/** The URL of a server that has just closed. */
async function abandonedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = urlOf(server);
  server.close();
  await once(server, 'close');
  return url;
}

function limit(callTimeoutMs: number | undefined) {
  return callTimeoutMs === undefined ? {} : { callTimeoutMs };
}
