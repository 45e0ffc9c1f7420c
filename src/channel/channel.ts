/**
 * The contract of a payment channel (支付通道): what the order use cases may ask of it and every answer they
 * must be ready for.
 *
 * - An implementation never throws for anything the channel or the network does; it returns a member of the
 *   result union. It throws only for a broken invariant in its code.
 * - Every successful answer has had its signature verified. An answer that cannot be verified, parsed or found
 *   in the channel's table is `unknown`, and unknown changes nothing.
 * - Every call ends within its deadline.
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

/** What a channel has to know of an order to speak about it. */
export interface ChannelOrder {
  /** Our order number; the channel's `out_trade_no`. */
  orderNo: string;
  method: PayMethod;
  title: string;
  amountFen: number;
  /** The deadline. Passed to the channel as `time_expire`, so that ours is the second lock and not the first. */
  expiresAt: Date;
  /** When we took the order. The same for every attempt to create it at the channel. */
  createdAt: Date;
  /** When creation at the channel was last attempted. */
  createAttemptedAt: Date;
  /** The channel's number of the payment, and when the customer paid; null while no payment is known. */
  channelTradeNo: string | null;
  paidAt: Date | null;
  clientIp: string | null;
}

/** What only the creation needs, and nobody keeps: it is the customer's. */
export interface PayerDetails {
  /** The code on the customer's phone (付款码), for `barcode`. Lives a minute. */
  authCode: string | null;
  /** Who pays, by the channel's id for this merchant, for `jsapi`. */
  openId: string | null;
  /** Where the customer's browser goes after paying, for `wap`. */
  returnUrl: string | null;
}

/** A return of money. Its number is derived from the order, so that asking again refunds once. */
export interface ChannelRefund {
  refundNo: string;
  /** When it was noted here, before the channel was first asked for it. */
  notedAt: Date;
  amountFen: number;
  /** What was paid. */
  totalFen: number;
  reason: string;
}

/** A channel's HTTP call to us, as received. The body is the raw bytes: signatures are over them. */
export interface RawNotification {
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Channel {
  readonly name: ChannelName;
  /**
   * Whose orders this speaks about: merchant number and application id (WeChat), application id (Alipay),
   * merchant number (UnionPay). An order remembers the account that created it, because asked under another account a channel answers "no such order" about
   * one that has been paid.
   */
  readonly account: string;
  readonly methods: readonly PayMethod[];

  /** Idempotent: asked again for the same order it creates no second one. */
  create(order: ChannelOrder, payer: PayerDetails): Promise<ChargeResult>;
  query(order: ChannelOrder): Promise<QueryResult>;
  close(order: ChannelOrder): Promise<CloseResult>;

  /**
   * True where a payment is undone rather than refunded while that is possible (WeChat's code-pay, UnionPay): also a late
   * one then goes back by `cancel`.
   */
  undoesPayments(order: ChannelOrder): boolean;
  /**
   * Cancels what the channel can cancel: an order made by `barcode`, at Alipay any within its window, at UnionPay
   * one that was paid on the same clearing day. `not_cancellable`, without a call, for an order that it cannot. `refund` is
   * the return of money that this is an attempt at.
   */
  cancel(order: ChannelOrder, refund: ChannelRefund): Promise<CancelResult>;
  refund(order: ChannelOrder, refund: ChannelRefund): Promise<RefundResult>;
  /** What became of a return of money, by whichever of the two calls above it was asked for. */
  queryRefund(order: ChannelOrder, refund: ChannelRefund): Promise<RefundResult>;

  /**
   * True where an order is known by its number and the second of its `createdAt` together (UnionPay's `txnTime`): asked
   * with another moment, the channel answers `not_found` about an order that has been paid. Unless set, the number is
   * enough.
   */
  readonly knowsByCreatedAt?: boolean;

  /**
   * The shortest waits that the channel demands, ms, before the next call about an order whose customer types the password,
   * that was asked about too often, or whose refund is under way. Ours are as long or longer where it demands none.
   */
  readonly minWaitMs?: Readonly<Partial<Record<'user_paying' | 'rate_limited' | 'refunding', number>>>;

  /** How long after a payment the channel goes on notifying of it, ms: what comes later comes from a query alone. */
  readonly notifiesForMs: number;
  /** How long after a payment its money can still be given back, ms. */
  readonly refundWindowMs: number;
  /** True where a query's `refunded` means that all of the money has gone back; else it may be a part. */
  readonly refundedIsInFull: boolean;

  /**
   * For an order whose close would give the money back if it had been paid meanwhile (WeChat's code-pay, which is
   * reversed), the moment before which it must not be closed: ask before you close. Null for any other.
   */
  reversibleFrom(order: ChannelOrder): Date | null;

  /**
   * The moment from which an order that the channel says it does not know (`not_found`) can no longer be paid,
   * whatever happened to its creation.
   */
  unpayableFrom(order: ChannelOrder): Date;
  /**
   * False for an order about which `not_found` is the normal answer while the customer has not touched it, although
   * it can be paid (a code that nobody has scanned, at Alipay or UnionPay). True where the channel knows every order
   * that it has created: then `not_found` about one of them is a contradiction.
   */
  showsUntouched(order: ChannelOrder): boolean;
  /**
   * True for an order that nothing can close while it is untouched, and that is closed softly: here at once, and
   * watched until `unpayableFrom`. Where it is false, such an order stays open until that moment.
   */
  closesSoftly(order: ChannelOrder): boolean;

  parseNotification(raw: RawNotification): NotificationResult;
  readonly replies: { accepted: NotificationReply; failed: NotificationReply };
}

/** Some of what a piece of work needs of a channel is out of order, or too many calls are under way. */
export interface Unavailable {
  /** When to ask again. */
  until: Date;
  /** For how long that has been so, ms. */
  sinceMs: number;
  /** Nothing can be done about any order of the channel; else what needs other operations goes on. */
  isWhole: boolean;
}

/** A channel behind its circuit breakers and its bound on calls, see `guard.ts`. */
export interface GuardedChannel extends Channel {
  /**
   * Asked before an attempt begins. Null: go ahead; while the recovery of what the work needs is being tried, this attempt is
   * the trial. Else it would not reach the channel.
   */
  admit(work: Work, method: PayMethod): Unavailable | null;
  /** The same without beginning anything: null while all that the work needs is well. */
  unavailable(work: Work, method: PayMethod): Unavailable | null;
  /** What is out of order or on trial; without what the process has long had nothing to try with. */
  outOfOrder(): (ChannelPart & { until: Date })[];
  /** The channel without breaker and bound: for a question that a person asks, and that must not be cut short. */
  readonly unguarded: Channel;
}

/** The channels that are configured. */
export type Channels = ReadonlyMap<ChannelName, GuardedChannel>;
