/* Every answer that the use cases must be ready for. */

/** A payment confirmed by the channel. */
export interface ChannelPayment {
  orderNo: string;
  channelTradeNo: string;
  amountFen: number;
  /** When the customer paid, by the channel's clock. */
  paidAt: Date;
  /**
   * The order's creation as the channel repeats it, where that is a part of the order's name there (`knowsByCreatedAt`). A
   * notification about another second is about another order.
   */
  orderCreatedAt?: Date;
}

/** For the close record: what the channel said, short, without secrets or customer identity. */
interface Answered {
  answer: string;
  /** The adapter said it by itself, without asking the channel: it shows nothing of whether the channel works. */
  asked?: false;
}

/**
 * Nothing was learned.
 * - `unknown`: timeout, reset, 5xx, bad or missing signature, unparsable body, a code that no table lists.
 * - `rate_limited`: the channel asks for fewer calls. On a WeChat close this usually means that the customer
 *   is paying at this moment.
 * - `misconfigured`: our key, merchant number, rights or parameters; repeating quickly cannot help.
 */
export type Failure = Answered & {
  kind: 'unknown' | 'rate_limited' | 'misconfigured';
  /**
   * Of `unknown`: the channel did answer, with its own code, which no table lists. Nothing was learned of the order, but
   * the channel is not down.
   */
  answered?: true;
};

export type CreateResult =
  /** `payBody` is what the customer's terminal needs; for `qrcode` the text of the code. */
  | (Answered & { kind: 'created'; payBody: string })
  /** The channel explicitly refused this order; `message` is its reason, fit for the merchant. */
  | (Answered & { kind: 'refused'; message: string })
  | Failure;

/** For a `barcode` order the creation is the payment: the channel may answer with its end. */
export type ChargeResult =
  | CreateResult
  | (Answered & { kind: 'paid'; payment: ChannelPayment })
  /** The customer must type the password first; a query decides. */
  | (Answered & { kind: 'user_paying' });

/** Cancel (撤销): whatever the order is, afterwards nobody has paid. */
export type CancelResult =
  /** It was unpaid and can no longer be paid. */
  | (Answered & { kind: 'closed' })
  /** It was paid, and the money was returned. */
  | (Answered & { kind: 'refunded' })
  /** The channel does not know it, and did nothing. */
  | (Answered & { kind: 'not_found' })
  /** The channel requires the same call again. */
  | (Answered & { kind: 'again' })
  | (Answered & { kind: 'user_paying' })
  /** Past its window, or in a state that only a refund can undo. */
  | (Answered & { kind: 'refund_instead' })
  /** The merchant's balance at the channel is insufficient. */
  | (Answered & { kind: 'not_enough' })
  /** The channel cannot cancel such an order, and was not called: close it if it is unpaid, refund it if it is paid. */
  | (Answered & { kind: 'not_cancellable'; asked: false })
  | Failure;

export type RefundResult =
  | (Answered & { kind: 'refunded' })
  /** Accepted, not yet confirmed. */
  | (Answered & { kind: 'processing' })
  | (Answered & { kind: 'not_enough' })
  /** The channel will never do it; a person must. */
  | (Answered & { kind: 'refused' })
  /** Only from a query: no refund with this number. */
  | (Answered & { kind: 'not_found' })
  | Failure;

export type QueryResult = QueryAnswer & {
  /** The channel's own time when it answered, where it states one. "Can no longer be paid" is held against it. */
  statedAt?: Date;
};

type QueryAnswer =
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
  /** The channel has no close, and was not called: the order ends when its time runs out there. */
  | (Answered & { kind: 'unsupported' })
  | Failure;

export type NotificationResult =
  /** Verified, and about a payment. `body` is the verified content in clear, to be stored. */
  | { kind: 'payment'; eventId: string; payment: ChannelPayment; body: string }
  /**
   * Verified and about an order, but not exactly what a payment of it looks like: its fields contradict each other, one is
   * missing, or it states another status. It changes nothing by itself; the order is asked about at once.
   */
  | { kind: 'doubtful'; eventId: string; orderNo: string; what: string; body: string }
  /** Verified, but nothing that we act on. */
  | { kind: 'other'; eventId: string; what: string; body: string }
  /** Not verified, or not for us: change nothing, answer failure. */
  | { kind: 'rejected'; reason: string };
