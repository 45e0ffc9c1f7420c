import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../platform/logger.ts';
import { actionRoutes, type OrderActions } from './action-routes.ts';
import type { Figures } from './api.ts';
import type { Audit } from './audit.ts';
import { listRoutes, type OrderLists } from './list-routes.ts';
import { type LiveDeps, liveRoutes } from './live-routes.ts';
import { Problem } from './signed-in.ts';
import { type StuckActions, stuckRoutes } from './stuck-routes.ts';
import type { Unsent } from './unsent.ts';

/** What the orders' part of the admin page does and shows. */
export type OrderAdmin = OrderLists & OrderActions & StuckActions & Pick<LiveDeps, 'listenToChanges'>;

export type OrderRoutesDeps = OrderAdmin &
  LiveDeps & {
    figures(): Promise<Unsent<Figures>>;
    audit: Audit;
    log: Logger;
  };

/** No request of the page is longer, bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * The orders' part of the admin page's API, below /admin/api. Who is signed in must be in the request already
 * (`signedIn`), and a `Problem` that it throws is answered by whoever registers it.
 */
export async function orderRoutes(app: FastifyInstance, deps: OrderRoutesDeps): Promise<void> {
  // JSON alone: no form of another site can send it unasked.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    async (_request: unknown, body: string) => readJson(body),
  );
  listRoutes(app, deps);
  actionRoutes(app, deps);
  stuckRoutes(app, deps);
  liveRoutes(app, deps);
}

function readJson(body: string): unknown {
  if (body.trim() === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new Problem(400, 'bad_request', 'body');
  }
}
