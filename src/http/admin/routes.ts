import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { auditRoutes } from './auth/audit-routes.ts';
import { recordRefusal } from './auth/refusals.ts';
import { checkCsrf, isUnsafe } from './auth/same-origin.ts';
import { setSecurityHeaders } from './auth/security-headers.ts';
import { authenticate, createSessionCookie } from './auth/session.ts';
import { sessionRoutes } from './auth/session-routes.ts';
import { signedIn } from './auth/signed-in.ts';
import type { AdminDeps } from './deps.ts';
import { acceptJsonBodies } from './json-bodies.ts';
import { boardRoutes } from './page/board.ts';
import { closeStreamsOnLogout } from './page/close-streams.ts';
import { pageRoutes, serveIndex } from './page/page.ts';
import { traceRequests } from './page/trace-requests.ts';
import { answerProblem, pathOf } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Also for users who are not signed in. */
    isPublic?: boolean;
  }
}

/**
 * The admin page, under `/admin`: its API, the queues, and the page itself. The API and the queues require a signed-in user,
 * unless a route is public.
 */
export async function adminRoutes(app: FastifyInstance, deps: AdminDeps): Promise<void> {
  const isHttps = deps.publicUrl.startsWith('https:');
  const cookie = createSessionCookie({ isHttps });
  acceptJsonBodies(app);
  app.decorateRequest('signedIn', null);
  app.decorateRequest('sessionToken', null);
  await app.register(fastifyCookie);
  await setSecurityHeaders(app, { isHttps });
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, request, reply) => {
    await recordRefusal(deps, request, error);
    return answerProblem(error, request, reply, deps.log);
  });
  app.setNotFoundHandler((request, reply) => serveIndex(request, reply, deps.pageDirectory));

  const apiRoutes: FastifyPluginAsync = async (api) => {
    traceRequests(api);
    // A browser reopens a lost stream on its own, and cannot send a header with it.
    authenticate(api, deps, cookie, (request) => pathOf(request) === '/admin/api/events');
    api.addHook('onRequest', async (request) => {
      checkCsrf(request, deps.publicUrl);
      if (request.routeOptions.config.isPublic !== true) signedIn(request);
    });
    closeStreamsOnLogout(api, deps);
    sessionRoutes(api, deps, cookie);
    auditRoutes(api, deps);
    for (const routes of deps.routes) await api.register(routes);
  };
  const queueRoutes: FastifyPluginAsync = async (board) => {
    // Bull Board polls every few seconds, without marking its polls: only its page and changes count as use.
    authenticate(board, deps, cookie, (request) => !isUnsafe(request) && isBoardData(request));
    await boardRoutes(board, deps);
  };
  await app.register(apiRoutes, { prefix: '/api' });
  await app.register(queueRoutes, { prefix: '/queues' });
  await app.register(pageRoutes, { directory: deps.pageDirectory });
}

function isBoardData(request: FastifyRequest): boolean {
  return pathOf(request).startsWith('/admin/queues/api/');
}
