import type { FastifyInstance } from 'fastify';
import { beginTrace } from '../../../platform/log/trace.ts';

/**
 * Each request to the routes that follow is a trace's beginning, as a merchant's call is: what it does about an order is
 * logged in the order's trace, with the request's beside it.
 */
export function beginTraces(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { handler, url } = route;
    route.handler = function traced(request, reply) {
      return beginTrace(request.id, `${request.method} ${url}`, async () =>
        handler.call(this, request, reply),
      );
    };
  });
}
