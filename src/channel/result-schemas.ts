import { z } from 'zod';
import type {
  CancelResult,
  ChargeResult,
  CloseResult,
  NotificationResult,
  QueryResult,
  RefundResult,
} from './channel.ts';
import type { Operation } from './parts.ts';
import type { CallAnswers } from './with-calls.ts';

/*
 * Schemas of the contract's answers, for adapters that the compiler has not checked. A kind that the call does not
 * have, and a payment with a missing field, match none.
 */

const answer = z.string();
const asked = z.literal(false).optional().catch(undefined);
const answered = z.literal(true).optional().catch(undefined);
const plain = <Kind extends string>(kinds: readonly Kind[]) =>
  z.object({ kind: z.enum(kinds), answer, answered, asked });
const payment = z.object({
  orderNo: z.string().min(1),
  channelTradeNo: z.string().min(1),
  amountFen: z.int().positive(),
  paidAt: z.date(),
  orderCreatedAt: z.date().optional(),
});
const statedAt = z.date().optional().catch(undefined);
const failures = ['unknown', 'rate_limited', 'misconfigured'] as const;

const chargeResult: z.ZodType<ChargeResult> = z.union([
  z.object({ kind: z.literal('created'), answer, asked, payBody: z.string() }),
  z.object({ kind: z.literal('refused'), answer, asked, message: z.string() }),
  z.object({ kind: z.literal('paid'), answer, payment }),
  plain(['user_paying', ...failures]),
]);

const queryResult: z.ZodType<QueryResult> = z.union([
  z.object({ kind: z.enum(['paid', 'refunded']), answer, payment, statedAt }),
  plain(['unpaid', 'user_paying', 'closed', 'not_found', 'mismatch', ...failures]).extend({ statedAt }),
]);

const closeResult: z.ZodType<CloseResult> = plain([
  'accepted',
  'already_closed',
  'conflict',
  'user_paying',
  'not_found',
  'unsupported',
  ...failures,
]);

const cancelResult: z.ZodType<CancelResult> = z.union([
  plain([
    'closed',
    'refunded',
    'not_found',
    'again',
    'user_paying',
    'refund_instead',
    'not_enough',
    ...failures,
  ]),
  z.object({ kind: z.literal('not_cancellable'), answer, asked: z.literal(false).catch(false) }),
]);

const refundResult: z.ZodType<RefundResult> = plain([
  'refunded',
  'processing',
  'not_enough',
  'refused',
  'not_found',
  ...failures,
]);

/** The schema of each call's answers. */
export const callAnswers: { [Name in Operation]: z.ZodType<CallAnswers[Name]> } = {
  create: chargeResult,
  query: queryResult,
  close: closeResult,
  cancel: cancelResult,
  refund: refundResult,
  query_refund: refundResult,
};

export const notificationResult: z.ZodType<NotificationResult> = z.union([
  z.object({ kind: z.literal('payment'), eventId: z.string().min(1), payment, body: z.string() }),
  z.object({
    kind: z.literal('doubtful'),
    eventId: z.string().min(1),
    orderNo: z.string().min(1),
    what: z.string(),
    body: z.string(),
  }),
  z.object({ kind: z.literal('other'), eventId: z.string().min(1), what: z.string(), body: z.string() }),
  z.object({ kind: z.literal('rejected'), reason: z.string() }),
]);
