import type { OrderDeps } from '../../order/deps.ts';
import { listStuck, type StuckEntry } from '../../order/requests/stuck.ts';
import type { StuckFilter } from '../../order/store/stuck-store.ts';
import { type Cursor, cut, type Page, writeCursor } from '../page.ts';
import { type OrderView, viewOrder } from './order-row.ts';

/** A stuck order (死信) and the channel's last answer. */
export type StuckView = OrderView & { answer: string | null };

/** One page of orders that need a person, longest stuck first. Throws if the database is unreachable. */
export async function listStuckOrders(
  deps: OrderDeps,
  filter: StuckFilter,
  { limit, after }: { limit: number; after: Cursor | null },
): Promise<Page<StuckView>> {
  const start = after === null ? null : { stuckAt: after.at, id: after.id };
  const found = await listStuck(deps, filter, { limit: limit + 1, after: start });
  const page = cut(found, limit, ({ order }) => writeCursor({ at: order.stuckAt, id: order.id }));
  return { rows: page.rows.map(viewStuck), next: page.next };
}

function viewStuck({ order, answer }: StuckEntry): StuckView {
  return { ...viewOrder(order), answer };
}
