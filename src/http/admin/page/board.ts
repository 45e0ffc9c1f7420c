import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditEntry } from '../audit.ts';
import { recordOrLog } from '../auth/audited.ts';
import { recordRefusal } from '../auth/refusals.ts';
import { isUnsafe, originOf } from '../auth/same-origin.ts';
import { boardPolicy } from '../auth/security-headers.ts';
import { allow, Problem } from '../auth/signed-in.ts';
import type { AdminDeps } from '../deps.ts';
import { answerProblem, pathOf } from '../problems.ts';

const PREFIX = '/admin/queues';

/**
 * The only changes allowed to a queue: those that let its jobs run, and removing one job, which the sweep adds again when it
 * is due. Anything that would keep timers from firing (pausing or rate-limiting a queue, moving or editing a job) is refused,
 * because nothing would repair it. So is anything that would delay real closes: emptying a queue leaves all timers to the
 * sweep, and promoted jobs use up the queue's closes per second only to be postponed again, because the row has the due time.
 */
const ALLOWED = [
  '/api/queues/resume',
  '/api/queues/:queueName/resume',
  '/api/queues/:queueName/retry/:queueStatus',
  '/api/queues/:queueName/:jobId/clean',
  '/api/queues/:queueName/:jobId/retry',
].map((route) => `${PREFIX}${route}`);

/**
 * Bull Board under `/admin/queues`, for admins; every change is audited. It cannot send our CSRF token: its requests are
 * authenticated by the strict cookie, and must be same-origin according to the browser.
 */
export async function boardRoutes(app: FastifyInstance, deps: AdminDeps): Promise<void> {
  const isAdmin = allow('admin');

  async function check(request: FastifyRequest): Promise<void> {
    await isAdmin(request);
    if (!deps.isQueueReachable()) throw new Problem(503, 'unavailable', 'redis');
    if (!isUnsafe(request)) return;
    if (originOf(request, deps.publicUrl) !== 'same') throw new Problem(403, 'bad_csrf');
    if (!ALLOWED.includes(request.routeOptions.url ?? '')) {
      throw new Problem(403, 'not_allowed', 'nothing may keep timers from firing');
    }
    // Nothing is done unaudited.
    await deps.audit(entryOf(request, 'begun'));
  }

  function entryOf(request: FastifyRequest, outcome: string): AuditEntry {
    return {
      ...{ actor: request.signedIn?.name ?? '-', ip: request.ip, before: null, after: null, outcome },
      action: `queues.${request.method.toLowerCase()}`,
      subject: pathOf(request).slice(PREFIX.length),
    };
  }

  // Bull Board has its own error handler: answer our errors here.
  app.addHook('onRequest', async (request, reply): Promise<FastifyReply | undefined> => {
    try {
      await check(request);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      await recordRefusal(deps, request, error);
      const isVisit = request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
      if (error instanceof Problem && error.status === 401 && isVisit) return reply.redirect('/admin/');
      return answerProblem(error, request, reply, deps.log);
    }
    reply.header('content-security-policy', boardPolicy);
    return undefined;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (isUnsafe(request) && ALLOWED.includes(request.routeOptions.url ?? '') && request.signedIn !== null) {
      if (reply.statusCode !== 403)
        await recordOrLog(deps, entryOf(request, reply.statusCode < 400 ? 'ok' : `${reply.statusCode}`));
    }
    return payload;
  });

  const serverAdapter = new FastifyAdapter();
  const queues = deps.queues.map((queue) => new BullMQAdapter(queue));
  createBullBoard({
    queues,
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Autoclose',
        hideDocsLink: true,
        miscLinks: [{ text: 'Autoclose', url: '/admin/' }],
      },
    },
  });
  serverAdapter.setBasePath(PREFIX);
  await app.register(serverAdapter.registerPlugin());
}
