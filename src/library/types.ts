import type { KnownByCreatedAt } from '../channel/built-in/about.ts';
import type {
  ChannelName,
  NotificationReply,
  PayerDetails,
  PayMethod,
  RawNotification,
} from '../channel/channel.ts';
import type { OrderStatus, PaymentOrder } from '../order/order.ts';
import type * as outcomes from '../order/outcomes.ts';

export type { OrderStatus } from '../order/order.ts';

/** An order, as the shop sees it. Times are UTC, money is in fen. */
export interface Order
  extends Pick<
    PaymentOrder,
    | 'bizOrderNo'
    | 'orderNo'
    | 'channel'
    | 'channelTradeNo'
    | 'method'
    | 'title'
    | 'amountFen'
    | 'attach'
    | 'payBody'
    | 'createdAt'
    | 'expiresAt'
    | 'paidAt'
    | 'closedAt'
    | 'latePaidAt'
    | 'nextCloseAt'
    | 'stuckAt'
  > {
  /** `progress`, `success` (paid), `close`, `cancel`, `refunding` or `refunded`. */
  status: OrderStatus;
}

/** A new order, to be created here and at its channel. */
export interface NewOrder extends Partial<PayerDetails> {
  /** The shop's own number; repeating it returns the existing order. At most 100 characters. */
  bizOrderNo: string;
  channel: ChannelName;
  method: PayMethod;
  /** Shown to the customer; at most 100 characters. */
  title: string;
  amountFen: number;
  /** At most 7 days away. A date in 1970 is rejected: seconds instead of milliseconds. */
  expiresAt?: Date;
  /** Your own data, stored unchanged; at most 500 characters. */
  attach?: string;
  clientIp?: string;
}

/** An order that the shop has created at the channel itself. */
export type TrackedOrder = TrackedAnywhere &
  (
    | {
        channel: Exclude<ChannelName, KnownByCreatedAt>;
        /** When it was created at the channel; default now. A custom channel may require it, see `knowsByCreatedAt`. */
        createdAt?: Date;
      }
    | {
        channel: KnownByCreatedAt;
        /**
         * For UnionPay the time in its `txnTime`, to the second: UnionPay identifies an order by it and the number. With another
         * time the answer is "not found", paid or not; so a tracked order that is not found is never closed, but left to a person
         * (`not_confirmed`).
         */
        createdAt: Date;
      }
  );

interface TrackedAnywhere {
  /** Its number at the channel (`out_trade_no`): at most 32 letters, digits, `_`, `-`, `*`, `|` and `@`. */
  orderNo: string;
  method: PayMethod;
  amountFen: number;
  /**
   * The expiry that was given to the channel (`time_expire`, `payTimeout`), not an earlier one: it decides when an order that
   * the channel does not know can no longer be paid. It may have passed. A date in 1970 (seconds instead of milliseconds) or
   * over a year away is rejected.
   */
  expiresAt: Date;
  title?: string;
  attach?: string;
}

/** An outcome of a use case, with the order as the shop sees it. */
export type Shown<Outcome> = Outcome extends { order: PaymentOrder }
  ? Omit<Outcome, 'order'> & { order: Order }
  : Outcome;

export type CreateOutcome = Shown<outcomes.CreateOutcome>;
export type CloseOutcome = Shown<outcomes.CloseOutcome>;
export type CancelOutcome = Shown<outcomes.CancelOutcome>;
export type SyncOutcome = Shown<outcomes.SyncOutcome>;

export type TrackOutcome =
  | { kind: 'tracked'; order: Order }
  /** It was tracked before, and is unchanged. */
  | { kind: 'existing'; order: Order }
  /** Its number has another order, which differs in this field. */
  | { kind: 'conflict'; field: 'amount' | 'channel' | 'method' }
  /** The number is the `bizOrderNo` of an order that was created here. */
  | { kind: 'conflict'; field: 'number' }
  | { kind: 'channel_not_enabled' };

/**
 * The timer and the close logic of one process. Orders are identified by the shop's own number: `bizOrderNo` of those created
 * here, `orderNo` of tracked ones. Every call may be repeated, and throws only if the database is unavailable or an argument
 * is invalid; what the channel does is an outcome.
 */
export interface Autoclose {
  /** Creates an order at its channel, and its timer. */
  createOrder(request: NewOrder): Promise<CreateOutcome>;
  /** Adds the timer for an order that the shop created itself. Call it before the customer sees the code. */
  trackOrder(order: TrackedOrder): Promise<TrackOutcome>;
  /** Null if there is none. */
  findOrder(number: string): Promise<Order | null>;
  /** Closes an unpaid order now, at its channel first. An undecided close is retried automatically. */
  closeOrder(number: string, by?: string): Promise<CloseOutcome>;
  /** Closes an unpaid order, refunds a paid one. */
  cancelOrder(number: string, by?: string): Promise<CancelOutcome>;
  /** Queries the channel, and corrects the order. */
  syncOrder(number: string, by?: string): Promise<SyncOutcome>;
  /**
   * Handles a channel's callback: the body's raw bytes and its headers. Returns the answer for the channel, which is success
   * only after the notification has been verified and stored. Null: unknown channel. Throws if it could not be stored: answer
   * with status 500.
   */
  receiveNotification(channel: string, raw: RawNotification): Promise<NotificationReply | null>;
  /**
   * Runs the timers of its channels in this process, until `close`. At least one process must; any number may. No effect if
   * they already run, or after `close`.
   */
  work(): void;
  /** Whether the queue is reachable now; while it is not, orders close late. */
  isQueueReachable(): boolean;
  /** Stops everything: within seconds, running work is finished or released. Never throws. */
  close(): Promise<void>;
}
