import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Change } from '../../../view/changes.ts';
import type { LiveEvent } from '../api.ts';
import { allow, Problem, signedIn } from '../auth/signed-in.ts';
import type { Unsent } from '../unsent.ts';

/** Keeps proxies from taking a quiet connection for dead, ms. */
const HEARTBEAT_MS = 15_000;
/** What a client may leave unread, bytes. A slower one is dropped, and begins again when it can. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** Streams of one process. A page has one, or one for each tab. */
const MAX_STREAMS = 500;
/** And of one user, so that nobody keeps the others out. */
const MAX_STREAMS_EACH = 10;

export interface LiveDeps {
  /** Tells of changes from now on, until the function that it returns is called. */
  listenToChanges(listener: (change: Change) => void): () => void;
  /** Ms; 15 s unless given. */
  heartbeatMs?: number;
}

/**
 * GET /events: server-sent events, see `LiveEvent`. A stream ends when the client goes, when it does not read, and when the
 * server closes: the page then connects again by itself. With its session `long-answers.ts` ends it.
 */
export function liveRoutes(app: FastifyInstance, deps: LiveDeps): void {
  /** How to end each, and whose it is. */
  const open = new Map<() => void, string>();
  /** Each change is the same object for all streams, and is written once. */
  const written = new WeakMap<object, string>();
  function write(change: Unsent<LiveEvent>): string {
    const text = written.get(change) ?? `data: ${JSON.stringify(change)}\n\n`;
    written.set(change, text);
    return text;
  }
  let isClosing = false;
  // Before connections are waited for: these would never end by themselves, nor would one that was asked for before.
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
    const own = [...open.values()].filter((one) => one === name).length;
    if (open.size >= MAX_STREAMS || own >= MAX_STREAMS_EACH) throw new Problem(429, 'too_many');
    const stream = new Readable({ read() {} });
    const say = (text: string) => {
      if (!open.has(end)) return;
      stream.push(text);
      if (stream.readableLength > MAX_UNREAD_BYTES) stream.destroy();
    };
    const stop = deps.listenToChanges((change) => say(write(change)));
    const heartbeat = setInterval(() => say(': still here\n\n'), deps.heartbeatMs ?? HEARTBEAT_MS);
    function end(): void {
      if (!open.delete(end)) return;
      stop();
      clearInterval(heartbeat);
      stream.push(null);
    }
    stream.on('close', end);
    open.set(end, name);
    say('retry: 3000\n\n');
    return reply
      .headers({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      .send(stream);
  });
}
