import type { Channel, QueryResult } from '../../channel/channel.ts';
import { assertNever } from '../../platform/assert-never.ts';
import type { ObservedPayment } from '../late-payment.ts';
import type { PaymentOrder } from '../order.ts';
import { observedPayment } from './check-returned.ts';

/** What a query's answer means for an order. Shared by close, watch, sync and last look. */
export type Reading =
  /** This order's payment, and whether it has been returned. */
  | { kind: 'paid'; payment: ObservedPayment }
  /** Paid, but another amount: a person must look (G1). */
  | { kind: 'amount_mismatch'; paidFen: number }
  | { kind: 'closed' }
  | { kind: 'unpaid' }
  /** The customer is typing the password. */
  | { kind: 'user_paying' }
  /** An error reply, which channels do not sign: it counts only if nothing contradicts it. */
  | { kind: 'not_found' }
  /** Nothing was learned. */
  | { kind: 'unclear'; reason: 'unreachable' | 'rate_limited' | 'misconfigured' | 'mismatch' };

/** Reads the answer to a query. Pure. */
export function readQuery(
  channel: Pick<Channel, 'refundedIsInFull'>,
  { amountFen }: Pick<PaymentOrder, 'amountFen'>,
  query: QueryResult,
): Reading {
  switch (query.kind) {
    case 'paid':
    case 'refunded': {
      const { amountFen: paidFen } = query.payment;
      if (paidFen !== amountFen) return { kind: 'amount_mismatch', paidFen };
      return { kind: 'paid', payment: observedPayment(channel, query) };
    }
    case 'closed':
    case 'unpaid':
    case 'user_paying':
    case 'not_found':
      return { kind: query.kind };
    case 'unknown':
      return { kind: 'unclear', reason: 'unreachable' };
    case 'rate_limited':
    case 'misconfigured':
    case 'mismatch':
      return { kind: 'unclear', reason: query.kind };
    default:
      return assertNever(query);
  }
}
