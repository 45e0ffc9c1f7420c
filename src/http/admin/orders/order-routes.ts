import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../../platform/log/logger.ts';
import type { Figures } from '../api.ts';
import type { Audit } from '../audit.ts';
import type { Unsent } from '../unsent.ts';
import { actionRoutes, type OrderActions } from './action-routes.ts';
import { listRoutes, type OrderLists } from './list-routes.ts';
import { type LiveDeps, liveRoutes } from './live-routes.ts';
import { type StuckActions, stuckRoutes } from './stuck-routes.ts';

/** What the orders' part of the admin page does and shows. */
export type OrderAdmin = OrderLists & OrderActions & StuckActions & Pick<LiveDeps, 'listenToChanges'>;

export type OrderRoutesDeps = OrderAdmin &
  LiveDeps & {
    figures(): Promise<Unsent<Figures>>;
    audit: Audit;
    log: Logger;
  };

/**
 * The orders' part of the admin page's API, below /admin/api. Who is signed in must be in the request already
 * (`signedIn`), bodies read as JSON (`acceptJsonBodies`), and a `Problem` that it throws answered, by whoever registers it.
 */
export async function orderRoutes(app: FastifyInstance, deps: OrderRoutesDeps): Promise<void> {
  listRoutes(app, deps);
  actionRoutes(app, deps);
  stuckRoutes(app, deps);
  liveRoutes(app, deps);
}
