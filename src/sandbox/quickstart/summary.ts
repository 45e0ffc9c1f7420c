import type { PaymentOrder } from '../../order/order.ts';
import type { OrderSnapshot } from '../simulator/snapshot.ts';
import { type Customer, pays } from './scenario.ts';

/** One order of the quickstart, as both sides see it. */
export interface Watched {
  customer: Customer;
  order: PaymentOrder;
  atGateway: OrderSnapshot | null;
  /** What the shop was last told of its status; null: nothing yet. */
  told: string | null;
}

export interface Summary {
  orders: number;
  paid: number;
  closed: number;
  /** Orders that did not end as they should have, at either side. */
  wrong: number;
  /** Orders of whose end the shop was told. */
  told: number;
  /** From an order's expiry to its close, ms. */
  latenessMs: { p50: number; p99: number; max: number };
}

/**
 * Whether an order has ended as it should: paid at both sides if its customer paid, else closed here and no longer
 * payable at its channel.
 */
export function endedRight({ customer, order, atGateway }: Watched): boolean {
  if (atGateway === null) return false;
  const paidThere = atGateway.paidAt !== null;
  if (pays(customer)) return order.status === 'success' && paidThere;
  return order.status === 'close' && !paidThere && !atGateway.payable;
}

/** Whether the shop knows what has become of the order. */
export function isTold({ order, told }: Watched): boolean {
  return told === order.status;
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
    told: all.filter(isTold).length,
    latenessMs: { p50: percentile(0.5), p99: percentile(0.99), max: lateness.at(-1) ?? 0 },
  };
}
