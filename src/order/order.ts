import type { ChannelName, ChannelOrder, PayMethod } from '../channel/channel.ts';

/**
 * The states of a payment order (支付订单), in the wire's own words. `progress` may become any of the others;
 * `success` may become `cancel` when the money has gone back; the others become nothing else. Each arrow is one guarded UPDATE in `store.ts`. A payment that arrives for
 * a closed order is a late payment (关单后支付): it is recorded on the order and does not change its state.
 */
export type OrderStatus = 'progress' | 'success' | 'close' | 'cancel';

/**
 * What an order's timer is to bring about: `expiry` closes it once it has expired and until then merely asks
 * whether it has been paid; `close` closes it now, because somebody asked; `cancel` ends it with the money given
 * back if it was paid.
 */
export type Ending = 'expiry' | 'close' | 'cancel';

/** Why a close has not ended yet. Each has its own waits, see `retry.ts`. */
export type PendingReason =
  /** The customer is typing the password. */
  | 'user_paying'
  /** The channel asks for fewer calls. */
  | 'rate_limited'
  /** Timeout, reset, 5xx, unverifiable or unlisted answer: nothing was learned. */
  | 'unreachable'
  /** Our key, merchant number or rights: a person must mend it. */
  | 'misconfigured'
  /** The channel took the close but does not show it yet, or its answers contradict each other. */
  | 'not_confirmed'
  /** The order's creation may still take effect; or the channel has no close, and its time is not over there. */
  | 'too_early'
  /** Paid, but not this amount or not by this merchant: a person must look. */
  | 'mismatch'
  /** A refund has been accepted and is not yet confirmed. */
  | 'refunding'
  /** The merchant's account at the channel has too little money to give back. */
  | 'not_enough';

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
  /** Somebody paid after the close. A person must refund or reopen. */
  latePaidAt: Date | null;
  /** A soft close: the channel is asked again until this moment. */
  watchUntil: Date | null;

  ending: Ending;
  /** THE timer: when there is something to do next; null when there is nothing. Redis only mirrors it. */
  nextCloseAt: Date | null;
  closeAttempts: number;
  /** Why the last attempt did not end, and how often in a row for this reason. */
  retryReason: PendingReason | null;
  retryCount: number;
  leaseToken: string | null;
  leaseUntil: Date | null;
}

export function isDue(order: PaymentOrder, now: Date): boolean {
  return order.nextCloseAt !== null && order.nextCloseAt.getTime() <= now.getTime();
}

/** Closed or cancelled: nobody may have paid it, and whoever still does is a late payment. */
export function isEndedUnpaid({ status }: PaymentOrder): boolean {
  return status === 'close' || status === 'cancel';
}

export function isExpired(order: PaymentOrder, now: Date): boolean {
  return order.expiresAt.getTime() <= now.getTime();
}

/** The part of an order that its channel needs. */
export function asChannelOrder(order: PaymentOrder): ChannelOrder {
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
