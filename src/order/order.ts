import type { ChannelName, ChannelOrder, PayMethod } from '../channel/channel.ts';

/** The statuses of a payment order (支付订单), as the API spells them. `lifecycle.ts` has their transitions. */
export const orderStatuses = ['progress', 'success', 'close', 'cancel', 'refunding', 'refunded'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/**
 * What an order's timer does. Each value overrides those before it:
 * - `expiry`: closes the order when it has expired; until then only polls for its payment.
 * - `close`: closes it now, on request.
 * - `reverse`: a close that may already have refunded a payment; if the order turns out to be paid, the money goes back.
 * - `cancel`: ends it, and refunds it if it was paid.
 */
export type Ending = 'expiry' | 'close' | 'reverse' | 'cancel';

/** Why a close has not succeeded yet. `retry.ts` has the backoff for each. */
export const pendingReasons = [
  /** The customer is typing the password. */
  'user_paying',
  /** The channel limits our call rate. */
  'rate_limited',
  /** Timeout, reset, 5xx, or an answer that is unverified or not in the channel's tables: nothing was learned. */
  'unreachable',
  /** Our key, merchant number or permissions: a person must fix it. */
  'misconfigured',
  /** The channel accepted the close but does not show it yet, or its answers contradict each other. */
  'not_confirmed',
  /** The order's creation may still take effect; or the channel has no close, and the order's time is not up there. */
  'too_early',
  /** Paid, but another amount or to another merchant: a person must look. */
  'mismatch',
  /** A refund is accepted but not confirmed yet. */
  'refunding',
  /** The merchant's balance at the channel is too low for the refund. */
  'not_enough',
  /** The order's data cannot be stored or read: a person must look (`faulty-data.ts`). */
  'faulty_data',
] as const;
export type PendingReason = (typeof pendingReasons)[number];

/**
 * A broken guarantee, which needs a person:
 * - `paid`, `payable`: a closed order turned out to be paid or payable outside its watch (G1, G2).
 * - `paid_twice`: a second payment for an order, under another channel trade number; it belongs to no order.
 * - `mismatch`: a payment of another amount than the order's.
 */
export type ViolationKind = 'paid' | 'payable' | 'paid_twice' | 'mismatch';

export interface PaymentOrder {
  /** A BIGINT in digits; DaxPay 2.0.5 calls it `paymentId`. */
  id: string;
  orderNo: string;
  bizOrderNo: string;
  channel: ChannelName;
  /** The channel account that created it, see `Channel.account`. */
  channelAccount: string;
  method: PayMethod;
  title: string;
  description: string | null;
  amountFen: number;
  status: OrderStatus;
  attach: string | null;
  notifyUrl: string | null;
  returnUrl: string | null;
  notNotify: boolean;
  clientIp: string | null;
  /** The API generation that created it; its notices use the same one. Null: unknown. */
  apiGeneration: string | null;
  /** The trace that its creation started, see `platform/log/trace.ts`. Null: created before traces existed. */
  traceId: string | null;

  /** What the customer's terminal needs; null until the channel has confirmed the creation. */
  payBody: string | null;
  channelTradeNo: string | null;
  /** The channel's reason when it refused the creation. */
  errorMsg: string | null;

  createdAt: Date;
  createAttemptedAt: Date;
  expiresAt: Date;
  paidAt: Date | null;
  closedAt: Date | null;
  /** When somebody paid after the close, even if that was refunded or reopened the order. */
  latePaidAt: Date | null;
  /** When a person marked the late payment as handled. */
  lateHandledAt: Date | null;
  /** Of a soft close: the channel is queried until then. */
  watchUntil: Date | null;

  ending: Ending;
  /** The timer itself: when the order is next due; null: never. Redis only mirrors it. */
  nextCloseAt: Date | null;
  closeAttempts: number;
  /** Why the last attempt did not succeed, and how many attempts in a row did not. */
  retryReason: PendingReason | null;
  retryCount: number;
  /** Since when the order is stuck (死信) and needs a person; null: it is not. It is still retried, slowly. */
  stuckAt: Date | null;
  leaseToken: string | null;
  leaseUntil: Date | null;
}

export function isDue(order: PaymentOrder, now: Date): boolean {
  return order.nextCloseAt !== null && order.nextCloseAt.getTime() <= now.getTime();
}

/** It ended unpaid, so a payment that arrives, or has arrived since, is late. */
export function isClosedOrCancelled({ status }: Pick<PaymentOrder, 'status'>): boolean {
  return status === 'close' || status === 'cancel';
}

/** The shop created it at the channel itself, under its own number (`library/track-order.ts`). */
export function isTracked({ orderNo, bizOrderNo }: Pick<PaymentOrder, 'orderNo' | 'bizOrderNo'>): boolean {
  return orderNo === bizOrderNo;
}

export function isExpired(order: PaymentOrder, now: Date): boolean {
  return order.expiresAt.getTime() <= now.getTime();
}

/** The part of an order that its channel needs. Throws a RangeError if the row's amount is not an integer. */
export function asChannelOrder(order: PaymentOrder): ChannelOrder {
  if (!Number.isSafeInteger(order.amountFen)) throw new RangeError('amount_fen is not a safe integer');
  return {
    orderNo: order.orderNo,
    method: order.method,
    title: order.title,
    amountFen: order.amountFen,
    expiresAt: order.expiresAt,
    createdAt: order.createdAt,
    createAttemptedAt: order.createAttemptedAt,
    channelTradeNo: order.channelTradeNo,
    paidAt: order.paidAt ?? order.latePaidAt,
    clientIp: order.clientIp,
  };
}
