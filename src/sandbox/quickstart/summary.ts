import type { PaymentOrder } from '../../order/order.ts';
import type { OrderSnapshot } from '../simulator/snapshot.ts';
import { type Customer, pays } from './scenario.ts';

/** An order of the quickstart, as both sides see it. */
export interface Watched {
  customer: Customer;
  order: PaymentOrder;
  atGateway: OrderSnapshot | null;
  /** The status in the last notice to the shop; null: none yet. */
  notified: string | null;
}

export interface Summary {
  orders: number;
  paid: number;
  closed: number;
  /** Orders that did not end correctly, on either side. */
  wrong: number;
  /** Orders whose end the shop was notified of. */
  notified: number;
  /** From expiry to close, ms. */
  latenessMs: { p50: number; p99: number; max: number };
}

/**
 * Whether an order ended correctly: paid on both sides if its customer paid, otherwise closed here and no longer payable at
 * its channel.
 */
export function endedRight({ customer, order, atGateway }: Watched): boolean {
  if (atGateway === null) return false;
  const paidThere = atGateway.paidAt !== null;
  if (pays(customer)) return order.status === 'success' && paidThere;
  return order.status === 'close' && !paidThere && !atGateway.payable;
}

/** Whether the shop was notified of the order's current status. */
export function isNotified({ order, notified }: Watched): boolean {
  return notified === order.status;
}

export function summarize(all: Watched[]): Summary {
  const lateness = all
    .flatMap(({ order }) =>
      order.closedAt === null ? [] : [order.closedAt.getTime() - order.expiresAt.getTime()],
    )
    .sort((a, b) => a - b);
  const percentile = (share: number) => lateness[Math.max(0, Math.ceil(lateness.length * share) - 1)] ?? 0;
  return {
    orders: all.length,
    paid: all.filter(({ order }) => order.status === 'success').length,
    closed: all.filter(({ order }) => order.status === 'close').length,
    wrong: all.filter((watched) => !endedRight(watched)).length,
    notified: all.filter(isNotified).length,
    latenessMs: { p50: percentile(0.5), p99: percentile(0.99), max: lateness.at(-1) ?? 0 },
  };
}
