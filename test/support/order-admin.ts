import { type FastifyInstance, fastify } from 'fastify';
import type { App } from '../../src/app.ts';
import type { Figures, Role } from '../../src/http/admin/api.ts';
import type { AuditEntry } from '../../src/http/admin/audit.ts';
import type { SignedIn } from '../../src/http/admin/auth/signed-in.ts';
import { acceptJsonBodies } from '../../src/http/admin/json-bodies.ts';
import { type OrderRoutesDeps, orderRoutes } from '../../src/http/admin/orders/order-routes.ts';
import { answerProblem } from '../../src/http/admin/problems.ts';
import { createLogger } from '../../src/platform/log/logger.ts';

/** The order routes of the admin API on their own server; the test sets the signed-in user. */
export interface OrderAdminServer {
  http: FastifyInstance;
  /** The audit entries, oldest first. */
  audited: AuditEntry[];
  /** Sets the user for the next requests; initially nobody. */
  signIn(name: string, role: Role): void;
  signOut(): void;
  /** Below /admin/api. */
  get<Body>(path: string): Promise<Answer<Body>>;
  post<Body>(path: string, body?: unknown): Promise<Answer<Body>>;
}

export interface Answer<Body> {
  status: number;
  body: Body;
}

const silent = createLogger('silent');

const noFigures: Figures = {
  now: new Date(0).toISOString(),
  dueNextHour: [],
  perMinute: [],
  lateness: [],
  expired: { count: 0, oldestAt: null },
  stuck: 0,
  lateWaiting: 0,
  violations: 0,
  open: [],
  notices: { pending: 0, overdue: 0, givenUp: 0 },
  queues: null,
  redis: { state: 'away', reason: null, paused: [] },
  processes: [],
};

export function createOrderAdminServer(
  { orderAdmin }: App,
  more: Partial<OrderRoutesDeps> = {},
): OrderAdminServer {
  let present: SignedIn | null = null;
  const audited: AuditEntry[] = [];
  const http = fastify({ forceCloseConnections: 'idle' });
  acceptJsonBodies(http);
  http.decorateRequest('signedIn', null);
  http.addHook('onRequest', async (request) => {
    request.signedIn = present;
  });
  http.setErrorHandler((error: Error, request, reply) => answerProblem(error, request, reply, silent));
  http.register(orderRoutes, {
    prefix: '/admin/api',
    ...orderAdmin,
    figures: async () => noFigures,
    audit: async (entry) => void audited.push(entry),
    log: createLogger('silent'),
    ...more,
  });

  async function ask<Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer<Body>> {
    const response = await http.inject({
      method,
      url: `/admin/api${path}`,
      remoteAddress: '203.0.113.7',
      ...(body === undefined
        ? {}
        : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.statusCode, body: response.json<Body>() };
  }
  return {
    http,
    audited,
    signIn: (name, role) => {
      present = { name, role };
    },
    signOut: () => {
      present = null;
    },
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
  };
}
