import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { auditRoutes } from './auth/audit-routes.ts';
import { recordRefusal } from './auth/refusals.ts';
import { isUnsafe, refuseForged } from './auth/same-origin.ts';
import { sealAnswers } from './auth/security-headers.ts';
import { createSessionCookie, knowWhoAsks } from './auth/session.ts';
import { sessionRoutes } from './auth/session-routes.ts';
import { signedIn } from './auth/signed-in.ts';
import type { AdminDeps } from './deps.ts';
import { acceptJsonBodies } from './json-bodies.ts';
import { beginTraces } from './page/begin-traces.ts';
import { boardRoutes } from './page/board.ts';
import { endWithSession } from './page/long-answers.ts';
import { answerElse, pageRoutes } from './page/page.ts';
import { answerProblem, pathOf } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For people who have not signed in, too. */
    isPublic?: boolean;
  }
}

/**
 * The admin page, under `/admin`: its API, the queues, and the page itself. Everything in the API and about the
 * queues is for people who have signed in, unless a route says otherwise.
 */
export async function adminRoutes(app: FastifyInstance, deps: AdminDeps): Promise<void> {
  const isHttps = deps.publicUrl.startsWith('https:');
  const cookie = createSessionCookie({ isHttps });
  acceptJsonBodies(app);
  app.decorateRequest('signedIn', null);
  app.decorateRequest('sessionToken', null);
  await app.register(fastifyCookie);
  sealAnswers(app, { isHttps });
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, request, reply) => {
    await recordRefusal(deps, request, error);
    return answerProblem(error, request, reply, deps.log);
  });
  app.setNotFoundHandler((request, reply) => answerElse(request, reply, deps.pageDirectory));

  const apiRoutes: FastifyPluginAsync = async (api) => {
    beginTraces(api);
    // A browser opens a lost stream again and again, and can say nothing with it.
    knowWhoAsks(api, deps, cookie, (request) => pathOf(request) === '/admin/api/events');
    api.addHook('onRequest', async (request) => {
      refuseForged(request, deps.publicUrl);
      if (request.routeOptions.config.isPublic !== true) signedIn(request);
    });
    endWithSession(api, deps);
    sessionRoutes(api, deps, cookie);
    auditRoutes(api, deps);
    for (const routes of deps.routes) await api.register(routes);
  };
  const queueRoutes: FastifyPluginAsync = async (board) => {
    // Bull Board asks every few seconds, and does not say which requests are a person's: its page is, and what is done.
    knowWhoAsks(board, deps, cookie, (request) => !isUnsafe(request) && isBoardData(request));
    await boardRoutes(board, deps);
  };
  await app.register(apiRoutes, { prefix: '/api' });
  await app.register(queueRoutes, { prefix: '/queues' });
  await app.register(pageRoutes, { directory: deps.pageDirectory });
}

function isBoardData(request: FastifyRequest): boolean {
  return pathOf(request).startsWith('/admin/queues/api/');
}
