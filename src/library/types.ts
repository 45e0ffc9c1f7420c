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

/** An order, as the shop sees it. Moments are UTC, money is in fen. */
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

/** An order that is to be created, here and at its channel. */
export interface NewOrder extends Partial<PayerDetails> {
  /** The shop's own number; the same again returns the order that it has. At most 100 characters. */
  bizOrderNo: string;
  channel: ChannelName;
  method: PayMethod;
  /** What the customer reads; at most 100 characters. */
  title: string;
  amountFen: number;
  /** At most 7 days away. One of 1970 is refused: seconds taken for milliseconds. */
  expiresAt?: Date;
  /** Yours, kept as it is; at most 500 characters. */
  attach?: string;
  clientIp?: string;
}

/** An order that the shop has created at the channel itself. */
export type TrackedOrder = TrackedAnywhere &
  (
    | {
        channel: Exclude<ChannelName, KnownByCreatedAt>;
        /** When it was created at the channel; now, unless set. A channel of yours may want it, see `knowsByCreatedAt`. */
        createdAt?: Date;
      }
    | {
        channel: KnownByCreatedAt;
        /**
         * Of UnionPay the moment of its `txnTime`, to the second: by that and the number it is known there. With another it is
         * "not found", paid or not; so a tracked order that it does not find is never closed, but left to a person
         * (`not_confirmed`).
         */
        createdAt: Date;
      }
  );

interface TrackedAnywhere {
  /** Under which the channel knows it (`out_trade_no`): at most 32 letters, digits, `_`, `-`, `*`, `|` and `@`. */
  orderNo: string;
  method: PayMethod;
  amountFen: number;
  /**
   * The deadline that the channel was given (`time_expire`, `payTimeout`), not an earlier one: by it is decided when an
   * order of which the channel knows nothing can no longer be paid. It may have passed. One of 1970, as when seconds are
   * taken for milliseconds, or over a year away is refused.
   */
  expiresAt: Date;
  title?: string;
  attach?: string;
}

/** As the use cases say it, with the order as the shop sees it. */
export type Shown<Outcome> = Outcome extends { order: PaymentOrder }
  ? Omit<Outcome, 'order'> & { order: Order }
  : Outcome;

export type CreateOutcome = Shown<outcomes.CreateOutcome>;
export type CloseOutcome = Shown<outcomes.CloseOutcome>;
export type CancelOutcome = Shown<outcomes.CancelOutcome>;
export type SyncOutcome = Shown<outcomes.SyncOutcome>;

export type TrackOutcome =
  | { kind: 'tracked'; order: Order }
  /** It is known already, as it was first told. */
  | { kind: 'existing'; order: Order }
  /** Its number has another order, which differs in this. */
  | { kind: 'conflict'; field: 'amount' | 'channel' | 'method' }
  /** The number is the `bizOrderNo` of an order that was created here. */
  | { kind: 'conflict'; field: 'number' }
  | { kind: 'channel_not_enabled' };

/**
 * The timer and the close logic of one process. Orders are named by the shop's own number: `bizOrderNo` of those
 * created here, `orderNo` of those tracked. Every call may be repeated, and throws only when the database cannot be
 * reached or an argument is no such thing; what a channel does is an outcome.
 */
export interface Autoclose {
  /** Creates an order at its channel, and its timer. */
  createOrder(wish: NewOrder): Promise<CreateOutcome>;
  /** Gives an order that the shop has created its timer. Call it before the customer sees the code. */
  trackOrder(order: TrackedOrder): Promise<TrackOutcome>;
  /** Null: there is none. */
  findOrder(number: string): Promise<Order | null>;
  /** Closes an unpaid order now, at its channel first. What cannot be decided yet goes on by itself. */
  closeOrder(number: string, by?: string): Promise<CloseOutcome>;
  /** Closes an unpaid order, and gives the money of a paid one back. */
  cancelOrder(number: string, by?: string): Promise<CancelOutcome>;
  /** Asks the channel, and corrects what is known here. */
  syncOrder(number: string, by?: string): Promise<SyncOutcome>;
  /**
   * A channel's HTTP call to the shop: the body's raw bytes and its headers. Returns what the channel is to be answered,
   * which is success only once it is verified and stored. Null: no such channel. Throws if it could not be stored: answer
   * with status 500.
   */
  receiveNotification(channel: string, raw: RawNotification): Promise<NotificationReply | null>;
  /**
   * Runs the timers of the channels it has in this process, until `close`. At least one process has to; as many as you
   * like may. No effect where they run already, and after `close`.
   */
  work(): void;
  /** Whether the queue can be reached now; while it cannot, orders close late. */
  isQueueReachable(): boolean;
  /** Ends what was begun: within seconds, work in hand is finished or given back. Never throws. */
  close(): Promise<void>;
}
