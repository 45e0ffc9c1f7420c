import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { safeError } from '../../../platform/log/safe-error.ts';
import type { AdminDeps } from '../deps.ts';

/** See `endedEveryMs`. */
const LOOK_EVERY_MS = 10_000;

/** Ends answers that go on for longer (server-sent events) when the session that they were asked in has ended. */
export function endWithSession(app: FastifyInstance, deps: AdminDeps): void {
  const open = new Map<FastifyRequest, FastifyReply>();

  async function look(): Promise<void> {
    for (const [request, reply] of [...open]) {
      const token = request.sessionToken;
      if (token === null || (await deps.findSession(token, { isUse: false })) !== null) continue;
      open.delete(request);
      reply.raw.destroy();
    }
  }

  app.addHook('preHandler', async (request, reply) => {
    // Who has gone while the session was looked up has been said to have gone: nothing would take it away again.
    if (request.sessionToken === null || reply.raw.destroyed) return;
    open.set(request, reply);
    reply.raw.once('close', () => open.delete(request));
  });
  const timer = setInterval(() => {
    look().catch((error) => deps.log.warn({ err: safeError(error) }, 'sessions not looked at'));
  }, deps.endedEveryMs ?? LOOK_EVERY_MS);
  timer.unref();
  app.addHook('onClose', async () => clearInterval(timer));
}
