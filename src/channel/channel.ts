/**
 * The contract of a payment channel (支付通道): what the order use cases may ask of it and every answer they
 * must be ready for.
 *
 * - An implementation never throws for anything the channel or the network does; it returns a member of the
 *   result union. It throws only for a broken invariant of its own.
 * - Every successful answer has had its signature verified. An answer that cannot be verified, parsed or found
 *   in the channel's table is `unknown`, and unknown changes nothing.
 * - Every call ends within its deadline.
 */

export const channelNames = ['wechat_pay', 'ali_pay'] as const;
export type ChannelName = (typeof channelNames)[number];

/** How the customer pays; the wire's own words. */
export const payMethods = ['wap', 'app', 'web', 'qrcode', 'barcode', 'jsapi', 'other', 'normal'] as const;
export type PayMethod = (typeof payMethods)[number];

/** What a channel has to know of an order to speak about it. */
export interface ChannelOrder {
  /** Our order number; the channel's `out_trade_no`. */
  orderNo: string;
  method: PayMethod;
  title: string;
  amountFen: number;
  /** The deadline. Passed to the channel as `time_expire`, so that ours is the second lock and not the first. */
  expiresAt: Date;
  /** When creation at the channel was last attempted. */
  createAttemptedAt: Date;
  clientIp: string | null;
}

/** A payment the channel has vouched for. */
export interface ChannelPayment {
  orderNo: string;
  channelTradeNo: string;
  amountFen: number;
  /** When the customer paid, by the channel's clock. */
  paidAt: Date;
}

/** For the close record: what the channel said, short, without secrets or customer identity. */
interface Answered {
  answer: string;
}

/**
 * Nothing was learned.
 * - `unknown`: timeout, reset, 5xx, bad or missing signature, unparsable body, a code that no table lists.
 * - `rate_limited`: the channel asks for fewer calls. On a WeChat close this usually means that the customer
 *   is paying at this moment.
 * - `misconfigured`: our key, merchant number, rights or parameters; repeating quickly cannot help.
 */
export type Failure = Answered & { kind: 'unknown' | 'rate_limited' | 'misconfigured' };

export type CreateResult =
  /** `payBody` is what the customer's terminal needs; for `qrcode` the text of the code. */
  | (Answered & { kind: 'created'; payBody: string })
  /** The channel explicitly refused this order; `message` is its reason, fit for the merchant. */
  | (Answered & { kind: 'refused'; message: string })
  | Failure;

export type QueryResult =
  | (Answered & { kind: 'paid'; payment: ChannelPayment })
  /** It was paid, and since then refunded in part or in full. Money moved: never "unpaid". */
  | (Answered & { kind: 'refunded'; payment: ChannelPayment })
  | (Answered & { kind: 'unpaid' })
  /** The customer is typing the password. */
  | (Answered & { kind: 'user_paying' })
  /** Closed without ever having been paid. Nobody can pay it any more. */
  | (Answered & { kind: 'closed' })
  | (Answered & { kind: 'not_found' })
  /** A verified answer about somebody else's order, merchant or currency. A person must look. */
  | (Answered & { kind: 'mismatch' })
  | Failure;

/** No close answer alone ends an order; it only selects how to read the query that follows. */
export type CloseResult =
  | (Answered & { kind: 'accepted' })
  | (Answered & { kind: 'already_closed' })
  /** The order's state forbids closing: usually it has been paid. */
  | (Answered & { kind: 'conflict' })
  | (Answered & { kind: 'user_paying' })
  | (Answered & { kind: 'not_found' })
  | Failure;

/** A channel's HTTP call to us, as received. The body is the raw bytes: signatures are over them. */
export interface RawNotification {
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export type NotificationResult =
  /** Verified, and about a payment. `body` is the verified content in clear, to be stored. */
  | { kind: 'payment'; eventId: string; payment: ChannelPayment; body: string }
  /** Verified, but nothing that we act on. */
  | { kind: 'other'; eventId: string; what: string; body: string }
  /** Not verified, or not for us: change nothing, answer failure. */
  | { kind: 'rejected'; reason: string };

/** What the channel expects to read from us. */
export interface NotificationReply {
  status: number;
  contentType: string;
  body: string;
}

export interface Channel {
  readonly name: ChannelName;
  /**
   * Whose orders this speaks about: the merchant number (WeChat) or application id (Alipay). An order remembers
   * the account that created it, because asked under another account a channel answers "no such order" about
   * one that has been paid.
   */
  readonly account: string;
  readonly methods: readonly PayMethod[];
  /** How long `create` may take at most, ms. After that nothing of it is still under way at our side. */
  readonly createDeadlineMs: number;

  /** Idempotent: asked again for the same order it creates no second one. */
  create(order: ChannelOrder): Promise<CreateResult>;
  query(order: ChannelOrder): Promise<QueryResult>;
  close(order: ChannelOrder): Promise<CloseResult>;

  /**
   * The moment from which an order that the channel says it does not know (`not_found`) can no longer be paid,
   * whatever happened to its creation.
   */
  unpayableFrom(order: ChannelOrder): Date;
  /**
   * True where `not_found` is the normal answer for an order that the customer has not touched, although it can
   * still be paid (an Alipay code that nobody has scanned). Such an order is closed softly: here at once,
   * watched until `unpayableFrom`.
   */
  readonly softClose: boolean;

  parseNotification(raw: RawNotification): NotificationResult;
  readonly replies: { accepted: NotificationReply; failed: NotificationReply };
}

/** The channels that are configured. */
export type Channels = ReadonlyMap<ChannelName, Channel>;
