import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { safeError } from '../../../platform/log/safe-error.ts';
import type { AdminDeps } from '../deps.ts';

/** The default of `sessionCheckEveryMs`. */
const CHECK_EVERY_MS = 10_000;

/** Closes open streams (server-sent events) whose session has ended. */
export function closeStreamsOnLogout(app: FastifyInstance, deps: AdminDeps): void {
  const open = new Map<FastifyRequest, FastifyReply>();

  async function closeEnded(): Promise<void> {
    for (const [request, reply] of [...open]) {
      const token = request.sessionToken;
      if (token === null || (await deps.findSession(token, { extend: false })) !== null) continue;
      open.delete(request);
      reply.raw.destroy();
    }
  }

  app.addHook('preHandler', async (request, reply) => {
    // A client that disconnected during the session lookup has already emitted `close`: it would never be removed.
    if (request.sessionToken === null || reply.raw.destroyed) return;
    open.set(request, reply);
    reply.raw.once('close', () => open.delete(request));
  });
  const timer = setInterval(() => {
    closeEnded().catch((error) => deps.log.warn({ err: safeError(error) }, 'session check failed'));
  }, deps.sessionCheckEveryMs ?? CHECK_EVERY_MS);
  timer.unref();
  app.addHook('onClose', async () => clearInterval(timer));
}
