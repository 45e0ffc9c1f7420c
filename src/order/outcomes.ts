import type { ChannelName, PayMethod } from '../channel/channel.ts';
import type { OrderStatus, PaymentOrder, PendingReason } from './order.ts';

/** A merchant's wish for a new order, parsed and valid in form. */
export interface CreateOrder {
  bizOrderNo: string;
  channel: ChannelName;
  method: PayMethod;
  title: string;
  description: string | null;
  amountFen: number;
  /** Null: the configured time from now. */
  expiresAt: Date | null;
  attach: string | null;
  notifyUrl: string | null;
  returnUrl: string | null;
  notNotify: boolean;
  clientIp: string | null;
  /** The generation of the API that this was asked in; the merchant is told in its words. */
  apiGeneration: string | null;
  /** The customer's, for this one call; kept nowhere. */
  authCode: string | null;
  openId: string | null;
}

export type CreateOutcome =
  /** For `barcode` it may be paid already; its status says so. */
  | { kind: 'created'; order: PaymentOrder }
  /** This `bizOrderNo` has a payable order already; the first call's expiry stands. */
  | { kind: 'existing'; order: PaymentOrder }
  /** This `bizOrderNo` has an order that somebody is closing or cancelling. */
  | { kind: 'ending'; order: PaymentOrder }
  /** This `bizOrderNo` has an order that has ended. */
  | { kind: 'ended'; order: PaymentOrder }
  /** This `bizOrderNo` has an order that differs in a field that matters. */
  | { kind: 'conflict'; field: 'amount' | 'channel' | 'method' | 'title' | 'notifyUrl' | 'expiredTime' }
  | { kind: 'channel_not_enabled' }
  | { kind: 'method_not_enabled' }
  | { kind: 'expiry_invalid'; message: string }
  /**
   * There is no code to pay with. The order stays, and is closed like any other when its time runs out; the
   * same call may be repeated and then tries again.
   */
  | { kind: 'refused'; message: string }
  | { kind: 'misconfigured' }
  | { kind: 'unreachable' }
  /** The channel is out of order and was not asked. No order was made. */
  | { kind: 'channel_down' };

export const closeTriggers = ['api', 'admin', 'timeout', 'sweep', 'manual'] as const;

/** Who or what asks for a close (G8). */
export interface CloseTrigger {
  kind: (typeof closeTriggers)[number];
  /** A user or merchant, where one is known. */
  actor: string | null;
  clientIp: string | null;
  /** For the close record: what people should know of the request. */
  note?: string;
}

/**
 * Undecided. It goes on by itself at `retryAt`. `channel_down`: the channel is out of order and was not asked; the
 * order is as it was. `left_to_worker`: this process cannot ask the order's channel; a worker that can does it.
 */
export interface Pending {
  kind: 'pending';
  reason: PendingReason | 'channel_down' | 'left_to_worker';
  answer: string;
  retryAt: Date;
}

export type CloseOutcome =
  | { kind: 'closed'; order: PaymentOrder }
  /** It turned out to be paid, and is now recorded as such. */
  | { kind: 'paid'; order: PaymentOrder }
  /** Nothing to do: it had ended before. */
  | { kind: 'ended'; status: Exclude<OrderStatus, 'progress'> }
  | { kind: 'not_found' }
  /** Another operation on this order is under way, until `retryAt` at the latest. */
  | { kind: 'busy'; retryAt: Date }
  /** Only for triggers that wait for the expiry. */
  | { kind: 'not_due'; dueAt: Date }
  | Pending;

/** The order that some numbers name, and whether all of them name it. */
export interface NamedOrder {
  order: PaymentOrder;
  /** A number that was given names another order, or none; null: all name this one. */
  contradiction: string | null;
}

/** How a merchant names an order. The system's number wins. */
export interface OrderNumbers {
  /** Our order number, or the BIGINT id in digits. */
  orderNo: string | null;
  bizOrderNo: string | null;
  /** The channel's own number. */
  outOrderNo?: string | null;
  /** More numbers that were given, of the first two kinds: they must mean the same order. */
  others?: { orderNo: string[]; bizOrderNo: string[] };
}

/**
 * Means this order, which has been loaded, and no other: its number may be all digits, and would be taken for the id of
 * another.
 */
export function byId({ id }: Pick<PaymentOrder, 'id'>): OrderNumbers {
  return { orderNo: id, bizOrderNo: null };
}

export type CancelOutcome =
  /** Numbers were given that do not name one order: nothing was done, because money hangs on it. */
  | { kind: 'contradiction'; detail: string }
  /** Nobody has paid, or the money has gone back. `refunded`: it had been paid. */
  | { kind: 'cancelled'; order: PaymentOrder; refunded: boolean }
  /** It had ended before, or its money is on the way back already. */
  | { kind: 'ended'; status: Exclude<OrderStatus, 'progress' | 'success'> }
  | { kind: 'not_found' }
  | { kind: 'busy'; retryAt: Date }
  | Pending
  /** Paid so long ago that the channel gives nothing back any more. Nothing was changed. */
  | { kind: 'unsupported' }
  /** The channel will not give the money back; a person must. */
  | { kind: 'refused'; answer: string };

/** What a sync found at the channel, in the words of DaxPay's 2.x sync answer. */
export type SyncStatus =
  | 'pay_success'
  | 'pay_progress'
  | 'pay_closed'
  | 'pay_refund'
  | 'pay_not_found'
  | 'pay_not_found_unknown'
  | 'pay_fail'
  | 'pay_timeout';

export type SyncOutcome =
  /** `order` as it is after the correction. `repaired`: the sync changed it. */
  | { kind: 'synced'; channelStatus: SyncStatus; order: PaymentOrder; repaired: boolean }
  | { kind: 'not_found' }
  | { kind: 'busy'; retryAt: Date }
  /** The channel gave no usable answer; nothing changed. */
  | {
      kind: 'unreachable';
      reason: 'unreachable' | 'rate_limited' | 'misconfigured' | 'mismatch' | 'channel_down' | 'faulty_data';
      answer: string;
    };
