import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { safeError } from '../platform/log/safe-error.ts';
import { newTraceId } from '../platform/log/trace.ts';
import type { AdminDeps } from './admin/deps.ts';
import { answerProblem } from './admin/problems.ts';
import { adminRoutes } from './admin/routes.ts';
import { answerBrokenConnection } from './daxpay/answer/broken-connection.ts';
import type { ApiDeps } from './daxpay/answer.ts';
import { answerBrokenCall, answerUnknownPath, apiRoutes, isApiPath } from './daxpay/routes.ts';
import { type HealthDeps, healthRoutes } from './health/routes.ts';
import { type NotifyDeps, notifyRoutes } from './notify/routes.ts';
import { openapiRoutes } from './openapi/routes.ts';
import { plainUrl } from './plain-url.ts';
import { acceptRawBodies } from './raw-body.ts';
import { shownTraceId } from './trace-id.ts';

/** For a request to arrive in full, ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** For a connection on which nothing moves, ms: longer than any answer takes. */
const CONNECTION_TIMEOUT_MS = 120_000;

export interface ServerDeps extends ApiDeps, NotifyDeps, HealthDeps {
  /** Proxies of ours, whose word on a caller's address (`X-Forwarded-For`) is taken: addresses or networks. */
  trustProxy?: string[];
  /** Names each request: the id of a trace. */
  newTraceId?: () => string;
  /** What the admin page needs; without it there is none. */
  admin?: AdminDeps;
}

/**
 * The HTTP side: DaxPay's API for merchants, the channels' notifications, the admin page, `GET /healthz` and `GET /readyz`.
 * It knows no port:
 * the caller listens and closes. Closing lets requests in hand, and those on their connections, end normally,
 * because a merchant's client takes a 503 for a crash.
 */
export function createServer(deps: ServerDeps): FastifyInstance {
  const nameCall = deps.newTraceId ?? newTraceId;
  const app = fastify({
    logger: false,
    genReqId: nameCall,
    http: { requireHostHeader: false },
    rewriteUrl: ({ url = '/' }) => plainUrl(url),
    clientErrorHandler: (error, socket) => answerBrokenConnection(error, socket, shownTraceId(nameCall())),
    trustProxy: deps.trustProxy ?? [],
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => answerError(error, request.url, reply),
  });
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  acceptRawBodies(app);
  app.register(apiRoutes, deps);
  app.register(notifyRoutes, deps);
  app.register(openapiRoutes);
  app.register(healthRoutes, deps);
  if (deps.admin !== undefined) app.register(adminRoutes, { ...deps.admin, prefix: '/admin' });

  app.setNotFoundHandler((request, reply) =>
    isApiPath(request.url) ? answerUnknownPath(reply) : reply.code(404).send({ error: 'not found' }),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) =>
    answerError(error, request.url, reply),
  );
  return app;

  function answerError(
    error: Error & { statusCode?: number },
    url: string,
    reply: FastifyReply,
  ): FastifyReply {
    if (url.startsWith('/admin/api/')) return answerProblem(error, reply.request, reply, deps.log);
    const status = error.statusCode ?? 500;
    if (status >= 500)
      deps.log.error({ err: safeError(error), traceId: reply.request.id, url }, 'request failed');
    if (isApiPath(url)) return answerBrokenCall(status, reply);
    return reply.code(status).send({ error: status < 500 ? 'bad request' : 'internal error' });
  }
}
