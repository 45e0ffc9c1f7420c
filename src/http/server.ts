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
import { normalizeUrl } from './normalize-url.ts';
import { type NotifyDeps, notifyRoutes } from './notify/routes.ts';
import { openapiRoutes } from './openapi/routes.ts';
import { acceptRawBodies } from './raw-body.ts';
import { shortTraceId } from './trace-id.ts';

/** For a request to arrive completely, ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** For an idle connection, ms: longer than any answer takes. */
const CONNECTION_TIMEOUT_MS = 120_000;

export interface ServerDeps extends ApiDeps, NotifyDeps, HealthDeps {
  /** Our own proxies, whose `X-Forwarded-For` is trusted: addresses or networks. */
  trustProxy?: string[];
  /** Returns a new trace id for each request. */
  newTraceId?: () => string;
  /** What the admin page needs; without it there is no admin page. */
  admin?: AdminDeps;
}

/**
 * The HTTP server: DaxPay's API for merchants, the channels' notifications, the admin page, `GET /healthz` and `GET /readyz`.
 * The caller listens and closes. Closing lets running requests, and those already sent on open connections, end normally,
 * because merchants' clients treat a 503 as a failure of the gateway.
 */
export function createServer(deps: ServerDeps): FastifyInstance {
  const newRequestId = deps.newTraceId ?? newTraceId;
  const app = fastify({
    logger: false,
    genReqId: newRequestId,
    http: { requireHostHeader: false },
    rewriteUrl: ({ url = '/' }) => normalizeUrl(url),
    clientErrorHandler: (error, socket) =>
      answerBrokenConnection(error, socket, shortTraceId(newRequestId())),
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
