import type { OwnFault } from '../../../adapter/reply.ts';
import type { CancelResult, CreateResult, Failure, QueryResult, RefundResult } from '../../../channel.ts';

/**
 * UnionPay's codes and their meaning here. `respCode` is about the call, `origRespCode` about the queried
 * transaction. The meaning of a query's 00 and 34, and of orig 00, A6, 03, 04, 05, 39, 86, is sourced; the other
 * codes come from UnionPay's code list (应答码) as other systems publish it: unsourced. A `respCode` that is not listed
 * is `unknown`, but counts as an answer: the gateway is up.
 */

/** Codes that any call may return. */
const commonCodes = {
  /** Message format, signature, missing field, merchant state, no permission for this transaction. */
  '10': 'misconfigured',
  '11': 'misconfigured',
  '13': 'misconfigured',
  '31': 'misconfigured',
  '32': 'misconfigured',
  /** Too many queries, or too often. */
  '37': 'rate_limited',
  /** Temporarily closed, or busy: faults of UnionPay. */
  '02': 'own_fault',
  '06': 'own_fault',
} as const satisfies Record<string, Failure['kind'] | OwnFault>;

export const createCodes = {
  ...commonCodes,
  '00': 'created',
  '01': 'refused',
  /** The number was already used: for a different order, or for one that is paid. */
  '12': 'refused',
  '30': 'refused',
  '33': 'refused',
  '36': 'refused',
  '38': 'refused',
  /** The order's `payTimeout` has passed. */
  '39': 'refused',
  '60': 'refused',
} as const satisfies Record<string, CreateResult['kind'] | OwnFault>;

export const queryCodes = {
  ...commonCodes,
  '00': 'found',
  '34': 'not_found',
} as const satisfies Record<string, 'found' | 'not_found' | Failure['kind'] | OwnFault>;

/**
 * `origRespCode`: the transaction's state. One that is not listed has failed; for a consume that is final once its
 * `payTimeout` has passed.
 */
export const outcomes = {
  '00': 'done',
  /** Done, with a flaw. */
  A6: 'done',
  '03': 'in_doubt',
  '04': 'in_doubt',
  '05': 'in_doubt',
  /** Money was taken, but too late, or without being booked. Never "not paid"; a person must check it. */
  '42': 'unclear',
  '74': 'unclear',
  '75': 'unclear',
} as const satisfies Record<string, 'done' | 'in_doubt' | 'unclear'>;

export type Outcome = (typeof outcomes)[keyof typeof outcomes] | 'failed';

/** For a consume; whether a failed one is final depends on the time. */
export const consumeOutcomes = {
  done: 'paid',
  in_doubt: 'user_paying',
  unclear: 'unknown',
} as const satisfies Record<Exclude<Outcome, 'failed'>, QueryResult['kind']>;

/** For a void or a refund. */
export const refundOutcomes = {
  done: 'refunded',
  in_doubt: 'processing',
  unclear: 'unknown',
  failed: 'refused',
} as const satisfies Record<Outcome, RefundResult['kind']>;

/**
 * Refund (退货) and void (消费撤销) alike. `accepted`: a query will return the result. `repeated`: a query returns it now.
 */
export const giveBackCodes = {
  ...commonCodes,
  '00': 'accepted',
  '03': 'accepted',
  '04': 'accepted',
  '05': 'accepted',
  '12': 'repeated',
  '01': 'refused',
  '30': 'refused',
  '33': 'refused',
  /** The payment's state does not allow it: its clearing day is over, or it was refunded before. */
  '35': 'refused',
  '36': 'refused',
  '38': 'refused',
  '39': 'refused',
  '60': 'refused',
  '64': 'not_enough',
} as const satisfies Record<string, 'accepted' | 'repeated' | RefundResult['kind'] | OwnFault>;

/** Maps a void's state to the result of a cancel. */
export const voidStates = {
  refunded: 'refunded',
  processing: 'again',
  not_found: 'again',
  refused: 'refund_instead',
  not_enough: 'not_enough',
  unknown: 'unknown',
  rate_limited: 'rate_limited',
  misconfigured: 'misconfigured',
} as const satisfies Record<RefundResult['kind'], CancelResult['kind']>;
