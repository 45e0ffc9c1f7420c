import type { ChannelName, PayMethod } from '../channel/channel.ts';
import type { OrderStatus, PaymentOrder, PendingReason } from './order.ts';

/** A merchant's request for a new order, parsed and validated. */
export interface CreateOrder {
  bizOrderNo: string;
  channel: ChannelName;
  method: PayMethod;
  title: string;
  description: string | null;
  amountFen: number;
  /** Null: after the configured time. */
  expiresAt: Date | null;
  attach: string | null;
  notifyUrl: string | null;
  returnUrl: string | null;
  notNotify: boolean;
  clientIp: string | null;
  /** The API generation of this request; the merchant's notices use the same one. */
  apiGeneration: string | null;
  /** The customer's payment code, for this call only; never stored. */
  authCode: string | null;
  openId: string | null;
}

export type CreateOutcome =
  /** A `barcode` order may be paid already; see its status. */
  | { kind: 'created'; order: PaymentOrder }
  /** This `bizOrderNo` already has a payable order, which keeps its expiry. */
  | { kind: 'existing'; order: PaymentOrder }
  /** This `bizOrderNo` has an order that is being closed or cancelled. */
  | { kind: 'ending'; order: PaymentOrder }
  /** This `bizOrderNo` has an order that has ended. */
  | { kind: 'ended'; order: PaymentOrder }
  /** This `bizOrderNo` has an order that differs in `field`. */
  | { kind: 'conflict'; field: 'amount' | 'channel' | 'method' | 'title' | 'notifyUrl' | 'expiredTime' }
  | { kind: 'channel_not_enabled' }
  | { kind: 'method_not_enabled' }
  | { kind: 'expiry_invalid'; message: string }
  /** The channel refused: there is no code to pay with. The order stays until its expiry; repeating the call tries again. */
  | { kind: 'refused'; message: string }
  | { kind: 'misconfigured' }
  | { kind: 'unreachable' }
  /** The channel's circuit breaker is open: it was not called, and no order was created. */
  | { kind: 'channel_down' };

export const closeTriggers = ['api', 'admin', 'timeout', 'sweep', 'manual'] as const;

/** Who or what requests a close (G8). */
export interface CloseTrigger {
  kind: (typeof closeTriggers)[number];
  /** The user or merchant, if known. */
  actor: string | null;
  clientIp: string | null;
  /** A remark about the request, for the close record. */
  note?: string;
}

/**
 * Undecided; retried automatically at `retryAt`.
 * - `channel_down`: the channel's circuit breaker is open, it was not called, and the order is unchanged.
 * - `left_to_worker`: this process cannot call the order's channel; a worker that can does it.
 */
export interface Pending {
  kind: 'pending';
  reason: PendingReason | 'channel_down' | 'left_to_worker';
  answer: string;
  retryAt: Date;
}

export type CloseOutcome =
  | { kind: 'closed'; order: PaymentOrder }
  /** It turned out to be paid, and is recorded as paid. */
  | { kind: 'paid'; order: PaymentOrder }
  /** Nothing to do: it ended earlier. */
  | { kind: 'ended'; status: Exclude<OrderStatus, 'progress'> }
  | { kind: 'not_found' }
  /** Another operation holds the order's lease, until `retryAt` at the latest. */
  | { kind: 'busy'; retryAt: Date }
  /** Only for triggers that wait for the expiry. */
  | { kind: 'not_due'; dueAt: Date }
  | Pending;

/** The order as its attempt left it; null where the outcome does not hold it. Saves a read. */
export function orderOf(outcome: CloseOutcome | CancelOutcome): PaymentOrder | null {
  return 'order' in outcome ? outcome.order : null;
}

/** The order that a request's numbers identify, and whether they all agree. */
export interface NamedOrder {
  order: PaymentOrder;
  /** One of the numbers identifies another order, or none. Null: they all agree. */
  contradiction: string | null;
}

/** The numbers by which a merchant identifies an order. Our own number takes precedence. */
export interface OrderNumbers {
  /** Our order number, or the BIGINT id in digits. */
  orderNo: string | null;
  bizOrderNo: string | null;
  /** The channel's trade number. */
  outOrderNo?: string | null;
  /** More numbers of the first two kinds; they must identify the same order. */
  others?: { orderNo: string[]; bizOrderNo: string[] };
}

/** Selects a loaded order by primary key: an all-digit order number would be read as another order's id. */
export function byId({ id }: Pick<PaymentOrder, 'id'>): OrderNumbers {
  return { orderNo: id, bizOrderNo: null };
}

export type CancelOutcome =
  /** The request's numbers identify different orders. Nothing was done, because money is at stake. */
  | { kind: 'contradiction'; detail: string }
  /** Unpaid, or the money has been returned. `refunded`: it had been paid. */
  | { kind: 'cancelled'; order: PaymentOrder; refunded: boolean }
  /** It ended earlier, or its refund is already in progress. */
  | { kind: 'ended'; status: Exclude<OrderStatus, 'progress' | 'success'> }
  | { kind: 'not_found' }
  | { kind: 'busy'; retryAt: Date }
  | Pending
  /** Paid too long ago for a refund at this channel. Nothing was changed. */
  | { kind: 'unsupported' }
  /** The channel refused the refund; a person must return the money. */
  | { kind: 'refused'; answer: string };

/** What a sync found at the channel, as DaxPay's 2.x sync answer spells it. */
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
  /** `order` is as corrected. `repaired`: the sync changed it. */
  | { kind: 'synced'; channelStatus: SyncStatus; order: PaymentOrder; repaired: boolean }
  | { kind: 'not_found' }
  | { kind: 'busy'; retryAt: Date }
  /** The channel gave no usable answer; nothing changed. */
  | {
      kind: 'unreachable';
      reason: 'unreachable' | 'rate_limited' | 'misconfigured' | 'mismatch' | 'channel_down' | 'faulty_data';
      answer: string;
    };
