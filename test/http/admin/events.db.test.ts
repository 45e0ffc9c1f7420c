import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LiveEvent } from '../../../src/http/admin/api.ts';
import type { Change } from '../../../src/view/changes.ts';
import { createOrderAdminServer, type OrderAdminServer } from '../../support/order-admin.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

let admin: OrderAdminServer;
let url: string;
beforeEach(async () => {
  admin = createOrderAdminServer(world.app, { heartbeatMs: 20 });
  admin.signIn('wang', 'viewer');
  url = await admin.http.listen({ host: '127.0.0.1', port: 0 });
  return () => admin.http.close();
});

/** Reads a stream until it ends. */
async function open(from = url) {
  const events: LiveEvent[] = [];
  let comments = 0;
  const leaving = new AbortController();
  const response = await fetch(`${from}/admin/api/events`, { signal: leaving.signal });
  let text = '';
  const ended = (async () => {
    if (response.body === null) return;
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        if (part.startsWith('data: ')) events.push(JSON.parse(part.slice(6)));
        if (part.startsWith(':')) comments += 1;
      }
    }
  })();
  return { response, events, comments: () => comments, ended, leave: () => leaving.abort() };
}

test('a page receives an order’s changes by another process, and that the figures changed', async () => {
  const other = await world.openApp();
  const { response, events } = await open();
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  const order = await world.create('ali_pay');
  const seen = () =>
    events.flatMap((event) =>
      event.type === 'order' && event.order.orderNo === order.orderNo ? [event.order] : [],
    );
  await until('the order is received', () => seen().at(-1)?.status === 'progress');
  await other.orderAdmin.closeOrder(
    { orderNo: order.orderNo, bizOrderNo: null },
    { kind: 'admin', actor: 'li', clientIp: null },
  );
  const closed = await until('its close is received', () => seen().find(({ status }) => status === 'close'));
  expect(closed.closedAt).toBe((await world.reload(order)).closedAt?.toISOString());
  expect(closed).not.toHaveProperty('payBody');
  await until('the figures have changed', () => events.some(({ type }) => type === 'figures'));
});

test('one user cannot use all streams', async () => {
  const own = await Promise.all(Array.from({ length: 10 }, () => open()));
  expect(own.map(({ response }) => response.status)).toEqual(Array(10).fill(200));
  expect((await open()).response.status).toBe(429);
  admin.signIn('li', 'viewer');
  expect((await open()).response.status).toBe(200);
});

test('a stream ends when the server closes, and does not delay it', async () => {
  const { ended } = await open();
  await admin.http.close();
  await ended;
});

test('a stream requested before the server closes is not opened afterwards', async () => {
  let release = () => {};
  const isClosing = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived = () => {};
  const isAsked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const closing = createOrderAdminServer(world.app);
  closing.signIn('wang', 'viewer');
  // After all preClose hooks.
  closing.http.addHook('preClose', async () => void setImmediate(release));
  closing.http.addHook('onRequest', async () => {
    arrived();
    await isClosing;
  });
  const leaving = new AbortController();
  const address = await closing.http.listen({ host: '127.0.0.1', port: 0 });
  const requested = fetch(`${address}/admin/api/events`, { signal: leaving.signal });
  await isAsked;
  const closed = closing.http.close();
  try {
    expect((await requested).status).toBe(503);
  } finally {
    leaving.abort();
    await closed;
  }
});

test('an idle stream is kept alive', async () => {
  const { comments } = await open();
  await until('it is kept alive', () => comments() > 2);
});

test('a client that does not read is disconnected, and others are still served', async () => {
  const { listeners, listenToChanges } = recordedListeners();
  const flooded = createOrderAdminServer(world.app, { listenToChanges });
  flooded.signIn('wang', 'viewer');
  const address = new URL(await flooded.http.listen({ host: '127.0.0.1', port: 0 }));
  const reader = await open(address.origin);
  const socket = connect(Number(address.port), address.hostname);
  socket.write('GET /admin/api/events HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.pause();
  const gone = once(socket, 'close');
  await until('both listen', () => listeners.size === 2);
  let sent = 0;
  await until(
    'one is disconnected',
    () => {
      for (let count = 0; count < 2_000; count += 1)
        for (const listener of listeners) listener({ type: 'figures' });
      sent += 2_000;
      return listeners.size === 1;
    },
    120_000,
  );
  await until('the other has received everything', () => reader.events.length >= sent - 2_000, 120_000);
  socket.resume();
  await gone;
  reader.leave();
  await expect(reader.ended).rejects.toThrow('abort');
  await flooded.http.close();
}, 300_000);

test('a page that disconnects receives nothing more', async () => {
  const { listeners, listenToChanges } = recordedListeners();
  const left = createOrderAdminServer(world.app, { listenToChanges });
  left.signIn('wang', 'viewer');
  const { leave, ended } = await open(new URL(await left.http.listen({ host: '127.0.0.1', port: 0 })).origin);
  await until('it listens', () => listeners.size === 1);
  leave();
  await expect(ended).rejects.toThrow('abort');
  await until('it does not listen any more', () => listeners.size === 0);
  await left.http.close();
});

/** The streams that listen to changes now. */
function recordedListeners() {
  const listeners = new Set<(change: Change) => void>();
  return {
    listeners,
    listenToChanges(listener: (change: Change) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
