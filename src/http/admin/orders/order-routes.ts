import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../../platform/log/logger.ts';
import type { Figures } from '../api.ts';
import type { Audit } from '../audit.ts';
import type { Unserialized } from '../unserialized.ts';
import { actionRoutes, type OrderActions } from './action-routes.ts';
import { listRoutes, type OrderLists } from './list-routes.ts';
import { type LiveDeps, liveRoutes } from './live-routes.ts';
import { type StuckActions, stuckRoutes } from './stuck-routes.ts';

/** The use cases and lists of the admin page's orders. */
export type OrderAdmin = OrderLists & OrderActions & StuckActions & Pick<LiveDeps, 'listenToChanges'>;

export type OrderRoutesDeps = OrderAdmin &
  LiveDeps & {
    figures(): Promise<Unserialized<Figures>>;
    audit: Audit;
    log: Logger;
  };

/**
 * The order routes of the admin API, below /admin/api. The caller must authenticate requests (`signedIn`), parse bodies as
 * JSON (`acceptJsonBodies`), and answer a thrown `Problem`.
 */
export async function orderRoutes(app: FastifyInstance, deps: OrderRoutesDeps): Promise<void> {
  listRoutes(app, deps);
  actionRoutes(app, deps);
  stuckRoutes(app, deps);
  liveRoutes(app, deps);
}
