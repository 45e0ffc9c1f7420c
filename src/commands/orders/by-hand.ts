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
import { type Named, nameOrder } from './name-order.ts';

type Outcome = CloseOutcome | CancelOutcome | SyncOutcome;

/** Calls to channels under way at once. */
const AT_ONCE = 10;

/** What is done with each order, and whether that brought about what was asked for. */
export interface Action<Done extends Outcome> {
  /** For the progress bar. */
  what: string;
  act(numbers: OrderNumbers): Promise<Done>;
  cameAbout(outcome: Done): boolean;
}

/** What came of one number, for a person or a program to read. */
interface Result {
  number: string;
  orderNo: string | null;
  outcome: string;
  [more: string]: unknown;
}

/** The orders that these numbers mean, each once, with the first of its numbers that was given. */
export async function nameOrders(deps: OrderDeps, numbers: string[]): Promise<[string, Named][]> {
  const named: [string, Named][] = [];
  const seen = new Set<string>();
  for (const number of new Set(numbers)) {
    const found = await nameOrder(deps, number);
    if (found.kind === 'one' && seen.has(found.order.id)) continue;
    if (found.kind === 'one') seen.add(found.order.id);
    named.push([number, found]);
  }
  return named;
}

/**
 * Does it with each of these orders, a few at once, and prints what came of each in the order they were given. True: all
 * that was asked for came about. Throws only when the database cannot be reached.
 */
export async function doWithEach<Done extends Outcome>(
  named: [string, Named][],
  { what, act, cameAbout }: Action<Done>,
  { json = false }: { json?: boolean },
): Promise<boolean> {
  const progress = startProgress(what, named.length, { json });
  let ok = true;
  const one = async ([number, found]: [string, Named]): Promise<Result> => {
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
      ok &&= cameAbout(outcome);
      return { number, orderNo: found.order.orderNo, outcome: outcome.kind, ...detailsOf(outcome) };
    } finally {
      progress.step();
    }
  };
  try {
    for (let from = 0; from < named.length; from += AT_ONCE) {
      const results = await Promise.all(named.slice(from, from + AT_ONCE).map(one));
      for (const result of results) progress.print(json ? JSON.stringify(result) : asLine(result));
    }
  } finally {
    progress.stop();
  }
  return ok;
}

/** What an outcome says besides its kind; of an order only its state. */
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

/** A soft close is looked at until then. */
function watchOf({ watchUntil }: PaymentOrder): { watchUntil?: Date } {
  return watchUntil === null ? {} : { watchUntil };
}

function asLine({ number, orderNo, outcome, ...more }: Result): string {
  const { retryAt, ...said } = more;
  const names = orderNo === null || orderNo === number ? number : `${number} (${orderNo})`;
  const details = Object.entries(said).map(([name, value]) => `${name} ${asText(value)}`);
  if (retryAt instanceof Date) details.push(`goes on by itself at ${retryAt.toISOString()}`);
  return [names, [outcome, ...details].join('; ')].join('  ');
}

function asText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
