import type { FastifyInstance } from 'fastify';
import { beginTrace } from '../../../platform/log/trace.ts';

/**
 * Starts a trace for each request to the routes registered after it, as for a merchant's call: work on an order is logged
 * with the order's trace and the request's.
 */
export function traceRequests(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { handler, url } = route;
    route.handler = function traced(request, reply) {
      return beginTrace(request.id, `${request.method} ${url}`, async () =>
        handler.call(this, request, reply),
      );
    };
  });
}
