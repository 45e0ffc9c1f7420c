import type { ChannelName, ChannelOrder, PayMethod } from '../channel/channel.ts';

/** The states of a payment order (支付订单), in the wire's own words. `lifecycle.ts` says which may follow which. */
export const orderStatuses = ['progress', 'success', 'close', 'cancel', 'refunding', 'refunded'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/**
 * What an order's timer is to bring about: `expiry` closes it once it has expired and until then merely asks
 * whether it has been paid; `close` closes it now, because somebody asked; `reverse` is a close that may already have
 * sent money back, so that an order that turns out to be paid is not paid any more; `cancel` ends it with the money
 * given back if it was paid. Each outweighs those before it.
 */
export type Ending = 'expiry' | 'close' | 'reverse' | 'cancel';

/** Why a close has not ended yet. Each has its own waits, see `retry.ts`. */
export const pendingReasons = [
  /** The customer is typing the password. */
  'user_paying',
  /** The channel asks for fewer calls. */
  'rate_limited',
  /** Timeout, reset, 5xx, unverifiable or unlisted answer: nothing was learned. */
  'unreachable',
  /** Our key, merchant number or rights: a person must mend it. */
  'misconfigured',
  /** The channel took the close but does not show it yet, or its answers contradict each other. */
  'not_confirmed',
  /** The order's creation may still take effect; or the channel has no close, and its time is not over there. */
  'too_early',
  /** Paid, but not this amount or not by this merchant: a person must look. */
  'mismatch',
  /** A refund has been accepted and is not yet confirmed. */
  'refunding',
  /** The merchant's account at the channel has too little money to give back. */
  'not_enough',
  /** What is known of it cannot be stored or read here: a person must look (`faulty-data.ts`). */
  'faulty_data',
] as const;
export type PendingReason = (typeof pendingReasons)[number];

/**
 * What must never be, and needs a person:
 * - `paid`, `payable`: a closed order turned out to be so, other than in its watch (G1, G2).
 * - `paid_twice`: a second payment of an order, under another number of the channel's. Money that belongs to no order.
 * - `mismatch`: a payment of another amount than the order's.
 */
export type ViolationKind = 'paid' | 'payable' | 'paid_twice' | 'mismatch';

export interface PaymentOrder {
  /** Digits of a BIGINT; what DaxPay 2.0.5 calls `paymentId`. */
  id: string;
  orderNo: string;
  bizOrderNo: string;
  channel: ChannelName;
  /** The channel's account that created it, see `Channel.account`. */
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
  /** The generation of the API that created it, in which its merchant is told of it; null: not known. */
  apiGeneration: string | null;
  /** The trace that its creation began, see `platform/trace.ts`; null: it is older than traces are. */
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
  /** When somebody paid after the close, whatever became of that. */
  latePaidAt: Date | null;
  /** A person has said that the late payment needs nothing more from us. */
  lateHandledAt: Date | null;
  /** A soft close: the channel is asked again until this moment. */
  watchUntil: Date | null;

  ending: Ending;
  /** THE timer: when there is something to do next; null when there is nothing. Redis only mirrors it. */
  nextCloseAt: Date | null;
  closeAttempts: number;
  /** Why the last attempt did not end, and how often in a row for this reason. */
  retryReason: PendingReason | null;
  retryCount: number;
  /** Since when a person has to look (死信); null: nothing needs one. It is tried on all the same, slowly. */
  stuckAt: Date | null;
  leaseToken: string | null;
  leaseUntil: Date | null;
}

export function isDue(order: PaymentOrder, now: Date): boolean {
  return order.nextCloseAt !== null && order.nextCloseAt.getTime() <= now.getTime();
}

/** Closed or cancelled: it has ended unpaid, and a payment that still arrives is a late one. */
export function isEndedUnpaid({ status }: Pick<PaymentOrder, 'status'>): boolean {
  return status === 'close' || status === 'cancel';
}

/** The shop has created it at its channel by itself, under its own number (`library/track-order.ts`). */
export function isTracked({ orderNo, bizOrderNo }: Pick<PaymentOrder, 'orderNo' | 'bizOrderNo'>): boolean {
  return orderNo === bizOrderNo;
}

export function isExpired(order: PaymentOrder, now: Date): boolean {
  return order.expiresAt.getTime() <= now.getTime();
}

/** The part of an order that its channel needs. Throws a RangeError where the row's amount is none. */
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
