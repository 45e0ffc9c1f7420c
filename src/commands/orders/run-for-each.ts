import type { OrderDeps } from '../../order/deps.ts';
import type { PaymentOrder } from '../../order/order.ts';
import {
  byId,
  type CancelOutcome,
  type CloseOutcome,
  type OrderNumbers,
  type SyncOutcome,
} from '../../order/outcomes.ts';
import { assertNever } from '../../platform/assert-never.ts';
import { startProgress } from '../progress.ts';
import { type FoundOrder, findOrder } from './find-order.ts';

type Outcome = CloseOutcome | CancelOutcome | SyncOutcome;

/** The most concurrent calls to channels. */
const AT_ONCE = 10;

/** What to do with each order. */
export interface Action<Done extends Outcome> {
  /** The label of the progress bar. */
  label: string;
  act(numbers: OrderNumbers): Promise<Done>;
  succeeded(outcome: Done): boolean;
}

/** The result for one number. */
interface Result {
  number: string;
  orderNo: string | null;
  outcome: string;
  [more: string]: unknown;
}

/** Finds the orders with these numbers, each once, with the first of its numbers given. */
export async function findOrders(deps: OrderDeps, numbers: string[]): Promise<[string, FoundOrder][]> {
  const orders: [string, FoundOrder][] = [];
  const seen = new Set<string>();
  for (const number of new Set(numbers)) {
    const found = await findOrder(deps, number);
    if (found.kind === 'one' && seen.has(found.order.id)) continue;
    if (found.kind === 'one') seen.add(found.order.id);
    orders.push([number, found]);
  }
  return orders;
}

/**
 * Runs the action for each order, a few at a time, and prints the results in the order given. Returns true if all succeeded.
 * Throws only if the database is unavailable.
 */
export async function runForEach<Done extends Outcome>(
  orders: [string, FoundOrder][],
  { label, act, succeeded }: Action<Done>,
  { json = false }: { json?: boolean },
): Promise<boolean> {
  const progress = startProgress(label, orders.length, { json });
  let ok = true;
  const one = async ([number, found]: [string, FoundOrder]): Promise<Result> => {
    try {
      if (found.kind !== 'one') {
        ok = false;
        const outcome = found.kind === 'none' ? 'not_found' : 'ambiguous';
        return {
          number,
          orderNo: null,
          outcome,
          ...(found.kind === 'several' && { orderNos: found.orderNos }),
        };
      }
      const outcome = await act(byId(found.order));
      ok &&= succeeded(outcome);
      return { number, orderNo: found.order.orderNo, outcome: outcome.kind, ...detailsOf(outcome) };
    } finally {
      progress.step();
    }
  };
  try {
    for (let from = 0; from < orders.length; from += AT_ONCE) {
      const results = await Promise.all(orders.slice(from, from + AT_ONCE).map(one));
      for (const result of results) progress.print(json ? JSON.stringify(result) : asLine(result));
    }
  } finally {
    progress.stop();
  }
  return ok;
}

/** The details of an outcome; of an order only its state. */
function detailsOf(outcome: Outcome): Record<string, unknown> {
  switch (outcome.kind) {
    case 'closed':
    case 'paid':
      return { status: outcome.order.status, ...watchOf(outcome.order) };
    case 'cancelled':
      return { status: outcome.order.status, refunded: outcome.refunded, ...watchOf(outcome.order) };
    case 'synced':
      return {
        status: outcome.order.status,
        channelStatus: outcome.channelStatus,
        repaired: outcome.repaired,
      };
    case 'ended':
      return { status: outcome.status };
    case 'busy':
      return { retryAt: outcome.retryAt };
    case 'not_due':
      return { retryAt: outcome.dueAt };
    case 'pending':
      return { reason: outcome.reason, answer: outcome.answer, retryAt: outcome.retryAt };
    case 'unreachable':
      return { reason: outcome.reason, answer: outcome.answer };
    case 'refused':
      return { answer: outcome.answer };
    case 'contradiction':
      return { answer: outcome.detail };
    case 'not_found':
    case 'unsupported':
      return {};
    default:
      return assertNever(outcome);
  }
}

/** How long a softly closed order is watched. */
function watchOf({ watchUntil }: PaymentOrder): { watchUntil?: Date } {
  return watchUntil === null ? {} : { watchUntil };
}

function asLine({ number, orderNo, outcome, ...more }: Result): string {
  const { retryAt, ...rest } = more;
  const names = orderNo === null || orderNo === number ? number : `${number} (${orderNo})`;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${asText(value)}`);
  if (retryAt instanceof Date) details.push(`will be retried at ${retryAt.toISOString()}`);
  return [names, [outcome, ...details].join('; ')].join('  ');
}

function asText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
