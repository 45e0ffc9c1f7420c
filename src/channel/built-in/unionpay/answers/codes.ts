import type { OwnFault } from '../../../adapter/reply.ts';
import type { CancelResult, CreateResult, Failure, QueryResult, RefundResult } from '../../../channel.ts';

/**
 * What UnionPay answers, and what we take it for. `respCode` is about the call, `origRespCode` about the transaction that
 * was asked about. That a query's 00, 34, and orig 00, A6, 03, 04, 05, 39, 86 mean what is said here is sourced; the other
 * codes are those of UnionPay's list of answers (应答码) as other systems carry it: unsourced. A `respCode` that is not
 * here is `unknown`, and an answer all the same: the gateway is not down.
 */

/** Codes that any call may meet. */
const commonCodes = {
  /** Message format, signature, missing field, merchant state, no right to this transaction. */
  '10': 'misconfigured',
  '11': 'misconfigured',
  '13': 'misconfigured',
  '31': 'misconfigured',
  '32': 'misconfigured',
  /** Too many queries, or too often. */
  '37': 'rate_limited',
  /** Closed for now; busy: faults of UnionPay's own. */
  '02': 'own_fault',
  '06': 'own_fault',
} as const satisfies Record<string, Failure['kind'] | OwnFault>;

export const createCodes = {
  ...commonCodes,
  '00': 'created',
  '01': 'refused',
  /** The number has been used: for an order that differs, or that is paid. */
  '12': 'refused',
  '30': 'refused',
  '33': 'refused',
  '36': 'refused',
  '38': 'refused',
  /** Its `payTimeout` has passed. */
  '39': 'refused',
  '60': 'refused',
} as const satisfies Record<string, CreateResult['kind'] | OwnFault>;

export const queryCodes = {
  ...commonCodes,
  '00': 'found',
  '34': 'not_found',
} as const satisfies Record<string, 'found' | 'not_found' | Failure['kind'] | OwnFault>;

/**
 * `origRespCode`: what became of a transaction. One that is not here has failed, and that is final for a consume once
 * its `payTimeout` has passed.
 */
export const outcomes = {
  '00': 'done',
  /** With a flaw, but done. */
  A6: 'done',
  '03': 'in_doubt',
  '04': 'in_doubt',
  '05': 'in_doubt',
  /** Money was taken: after the time allowed; without being booked. Never "not paid"; a person must look. */
  '42': 'unclear',
  '74': 'unclear',
  '75': 'unclear',
} as const satisfies Record<string, 'done' | 'in_doubt' | 'unclear'>;

export type Outcome = (typeof outcomes)[keyof typeof outcomes] | 'failed';

/** Of a consume; one that has failed is read by the clock. */
export const consumeOutcomes = {
  done: 'paid',
  in_doubt: 'user_paying',
  unclear: 'unknown',
} as const satisfies Record<Exclude<Outcome, 'failed'>, QueryResult['kind']>;

/** Of an undo or a refund. */
export const refundOutcomes = {
  done: 'refunded',
  in_doubt: 'processing',
  unclear: 'unknown',
  failed: 'refused',
} as const satisfies Record<Outcome, RefundResult['kind']>;

/** Refund (退货) and undo (消费撤销) alike. `accepted`: a query will tell. `repeated`: so it will, now. */
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
  /** The payment's state forbids it: not on its day any more, refunded before. */
  '35': 'refused',
  '36': 'refused',
  '38': 'refused',
  '39': 'refused',
  '60': 'refused',
  '64': 'not_enough',
} as const satisfies Record<string, 'accepted' | 'repeated' | RefundResult['kind'] | OwnFault>;

/** What the state of an undo makes of a cancel. */
export const undoStates = {
  refunded: 'refunded',
  processing: 'again',
  not_found: 'again',
  refused: 'refund_instead',
  not_enough: 'not_enough',
  unknown: 'unknown',
  rate_limited: 'rate_limited',
  misconfigured: 'misconfigured',
} as const satisfies Record<RefundResult['kind'], CancelResult['kind']>;
