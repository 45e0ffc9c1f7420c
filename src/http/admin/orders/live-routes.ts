import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Change } from '../../../view/changes.ts';
import type { LiveEvent } from '../api.ts';
import { allow, Problem, signedIn } from '../auth/signed-in.ts';
import type { Unserialized } from '../unserialized.ts';

/** Keeps proxies from closing an idle connection, ms. */
const HEARTBEAT_MS = 15_000;
/** How much a client may leave unread, bytes. A slower client is disconnected, and can reconnect. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** Streams per process. Each browser tab has one. */
const MAX_STREAMS = 500;
/** Streams per user, so that one user cannot use them all. */
const MAX_STREAMS_EACH = 10;

export interface LiveDeps {
  /** Calls the listener for each change from now on, until the returned function is called. */
  listenToChanges(listener: (change: Change) => void): () => void;
  /** Ms; 15 s unless given. */
  heartbeatMs?: number;
}

/**
 * GET /events: server-sent events, see `LiveEvent`. A stream ends when the client disconnects, does not read, or the server
 * closes: the page then reconnects. `close-streams.ts` ends it with its session.
 */
export function liveRoutes(app: FastifyInstance, deps: LiveDeps): void {
  /** Ends each stream; the value is its user. */
  const open = new Map<() => void, string>();
  /** All streams share each change object; it is serialized once. */
  const written = new WeakMap<object, string>();
  function write(change: Unserialized<LiveEvent>): string {
    const text = written.get(change) ?? `data: ${JSON.stringify(change)}\n\n`;
    written.set(change, text);
    return text;
  }
  let isClosing = false;
  // Before Fastify waits for connections: streams never end on their own, including those opened while closing.
  app.addHook('preClose', async () => {
    isClosing = true;
    for (const end of open.keys()) end();
  });

  app.get('/events', { preHandler: allow('viewer') }, (request, reply) => {
    if (isClosing) {
      reply.header('connection', 'close');
      throw new Problem(503, 'unavailable');
    }
    const { name } = signedIn(request);
    const ofUser = [...open.values()].filter((one) => one === name).length;
    if (open.size >= MAX_STREAMS || ofUser >= MAX_STREAMS_EACH) throw new Problem(429, 'too_many');
    const stream = new Readable({ read() {} });
    const send = (text: string) => {
      if (!open.has(end)) return;
      stream.push(text);
      if (stream.readableLength > MAX_UNREAD_BYTES) stream.destroy();
    };
    const stop = deps.listenToChanges((change) => send(write(change)));
    const heartbeat = setInterval(() => send(': still here\n\n'), deps.heartbeatMs ?? HEARTBEAT_MS);
    function end(): void {
      if (!open.delete(end)) return;
      stop();
      clearInterval(heartbeat);
      stream.push(null);
    }
    stream.on('close', end);
    open.set(end, name);
    send('retry: 3000\n\n');
    return reply
      .headers({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      .send(stream);
  });
}
