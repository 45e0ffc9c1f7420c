/**
 * The contract of a payment channel (支付通道): the calls that the use cases make, and every answer they must handle.
 *
 * - An adapter never throws because of a channel or network fault; it returns a member of the result union. It throws
 *   only for a bug in its own code.
 * - The signature of every successful answer has been verified. An answer that cannot be verified, parsed or found in
 *   the channel's tables is `unknown`, and unknown changes nothing.
 * - Every call ends within its timeout.
 */

import type {
  CancelResult,
  ChargeResult,
  CloseResult,
  NotificationResult,
  QueryResult,
  RefundResult,
} from './answers.ts';
import type { NotificationReply, PayMethod } from './basics.ts';
import type { ChannelName } from './names.ts';
import type { ChannelPart, Work } from './parts.ts';

export type * from './answers.ts';
export * from './basics.ts';
export * from './names.ts';

/** What a channel needs to know about an order. */
export interface ChannelOrder {
  /** Our order number; the channel's `out_trade_no`. */
  orderNo: string;
  method: PayMethod;
  title: string;
  amountFen: number;
  /**
   * When the time to pay is over. Passed to the channel as its own expiry (`time_expire`): it then refuses payments
   * even before we close.
   */
  expiresAt: Date;
  /** When we accepted the order. The same for every attempt to create it at the channel. */
  createdAt: Date;
  /** When creation at the channel was last attempted. */
  createAttemptedAt: Date;
  /** The channel's payment number, and when the customer paid; null while no payment is known. */
  channelTradeNo: string | null;
  paidAt: Date | null;
  clientIp: string | null;
}

/** The customer's data, needed only for the creation; never stored. */
export interface PayerDetails {
  /** The code on the customer's phone (付款码), for `barcode`. Valid for a minute. */
  authCode: string | null;
  /** The payer's id at the channel for this merchant (openid), for `jsapi`. */
  openId: string | null;
  /** Where the browser returns after the payment, for `wap`. */
  returnUrl: string | null;
}

/**
 * A return of money, as a void or a refund. Its number is derived from the order, so repeated requests return it
 * once.
 */
export interface ChannelRefund {
  refundNo: string;
  /** When it was recorded here, before the first request to the channel. */
  notedAt: Date;
  amountFen: number;
  /** The amount paid, fen. */
  totalFen: number;
  reason: string;
}

/** A notification as the channel sent it. `body` has the raw bytes: signatures cover them. */
export interface RawNotification {
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Channel {
  readonly name: ChannelName;
  /**
   * The account at the channel: merchant number and application id (WeChat), application id (Alipay), merchant number
   * (UnionPay). An order keeps the account that created it: queried under another account, a channel answers "no such
   * order" about an order that has been paid.
   */
  readonly account: string;
  readonly methods: readonly PayMethod[];

  /** Idempotent: a repeated call for the same order creates no second one. */
  create(order: ChannelOrder, payer: PayerDetails): Promise<ChargeResult>;
  query(order: ChannelOrder): Promise<QueryResult>;
  close(order: ChannelOrder): Promise<CloseResult>;

  /**
   * True if the channel can void the order's payment (WeChat's code-pay, UnionPay): late payments are voided by
   * `cancel` while that is possible, and refunded otherwise.
   */
  voidsPayments(order: ChannelOrder): boolean;
  /**
   * Cancels an order if the channel can: a `barcode` order; at Alipay any order within the cancel window; at UnionPay
   * one paid on the same clearing day. Otherwise `not_cancellable`, without a call. `refund` identifies the return of
   * the money.
   */
  cancel(order: ChannelOrder, refund: ChannelRefund): Promise<CancelResult>;
  refund(order: ChannelOrder, refund: ChannelRefund): Promise<RefundResult>;
  /** The state of a return of money, requested by `cancel` or by `refund`. */
  queryRefund(order: ChannelOrder, refund: ChannelRefund): Promise<RefundResult>;

  /**
   * True if the channel identifies an order by its number together with the second of its `createdAt` (UnionPay's
   * `txnTime`): queried with another time, it answers `not_found` about an order that has been paid. Unless set, the
   * number is enough.
   */
  readonly knowsByCreatedAt?: boolean;

  /**
   * Minimum waits that the channel demands, ms: before the next call about an order whose customer is typing the
   * password (`user_paying`), after `rate_limited`, or about a refund in progress (`refunding`). Jitter only adds to
   * them. If unset, our own retry schedule applies.
   */
  readonly minWaitMs?: Readonly<Partial<Record<'user_paying' | 'rate_limited' | 'refunding', number>>>;

  /** How long after a payment the channel sends notifications, ms; after that only a query finds the payment. */
  readonly notifiesForMs: number;
  /** How long after a payment it can be refunded, ms. */
  readonly refundWindowMs: number;
  /** True if a query's `refunded` always means a full refund; false if it may be partial. */
  readonly refundedIsInFull: boolean;

  /**
   * If closing the order would refund it in case it was paid meanwhile (WeChat's code-pay, which is reversed): the
   * time before which it must not be closed. Query before closing. Null for any other order.
   */
  reversibleFrom(order: ChannelOrder): Date | null;

  /**
   * The time from which an order that the channel does not know (`not_found`) can no longer be paid, whatever
   * happened to its creation.
   */
  unpayableFrom(order: ChannelOrder): Date;
  /**
   * False if `not_found` is the normal answer until the customer acts, although the order can be paid (a code not yet
   * scanned, at Alipay or UnionPay). True if the channel knows every order that it created: then `not_found` about
   * one of them is a contradiction.
   */
  showsUntouched(order: ChannelOrder): boolean;
  /**
   * True if the channel cannot close the order until the customer acts, and the order is closed softly: closed here
   * at once, and watched until `unpayableFrom`. If false, such an order stays open until that time.
   */
  closesSoftly(order: ChannelOrder): boolean;

  parseNotification(raw: RawNotification): NotificationResult;
  readonly replies: { accepted: NotificationReply; failed: NotificationReply };
}

/** A channel operation that the work needs is out of order, or too many calls are in flight. */
export interface Unavailable {
  /** When to try again. */
  until: Date;
  /** How long it has been unavailable, ms. */
  sinceMs: number;
  /** True if nothing works for any order of the channel; otherwise work that needs other operations continues. */
  isWhole: boolean;
}

/** A channel behind its circuit breakers and its limit on concurrent calls, see `guard.ts`. */
export interface GuardedChannel extends Channel {
  /**
   * Call before an attempt begins. Null: go ahead; the attempt may be the probe of an open circuit breaker. Otherwise
   * its calls would not reach the channel.
   */
  admit(work: Work, method: PayMethod): Unavailable | null;
  /** Like `admit`, but without side effects: null if all that the work needs is available. */
  unavailable(work: Work, method: PayMethod): Unavailable | null;
  /** Operations out of order or being probed, without those that the process has long had no call for. */
  outOfOrder(): (ChannelPart & { until: Date })[];
  /** The channel without circuit breakers and limit: for a person's request, which must reach the channel. */
  readonly unguarded: Channel;
}

/** The configured channels by name. */
export type Channels = ReadonlyMap<ChannelName, GuardedChannel>;
