/* Every answer that the use cases must handle. */

/** A payment confirmed by the channel. */
export interface ChannelPayment {
  orderNo: string;
  channelTradeNo: string;
  amountFen: number;
  /** When the customer paid, by the channel's clock. */
  paidAt: Date;
  /**
   * The order's creation time as the channel repeats it, if the channel identifies orders by it (`knowsByCreatedAt`).
   * A notification with another second is about another order.
   */
  orderCreatedAt?: Date;
}

/** The channel's answer, for the close record: short, without secrets or customer identity. */
interface Answered {
  answer: string;
  /** False if the adapter answered without calling the channel: then it does not show whether the channel works. */
  asked?: false;
}

/**
 * Nothing was learned about the order.
 * - `unknown`: timeout, reset, 5xx, bad or missing signature, unparsable body, a code that no table lists.
 * - `rate_limited`: the channel asks for fewer calls. On a WeChat close this usually means that the customer is
 *   paying at this moment.
 * - `misconfigured`: our key, merchant number, permissions or parameters are wrong; quick retries cannot help.
 */
export type Failure = Answered & {
  kind: 'unknown' | 'rate_limited' | 'misconfigured';
  /**
   * With `unknown`: the channel did answer, with a code that no table lists. Nothing was learned about the order, but
   * the channel is up.
   */
  answered?: true;
};

export type CreateResult =
  /** `payBody` is what the customer's terminal needs; for `qrcode`, the content of the code. */
  | (Answered & { kind: 'created'; payBody: string })
  /** The channel explicitly refused this order; `message` is its reason, fit for the merchant. */
  | (Answered & { kind: 'refused'; message: string })
  | Failure;

/** Creating a `barcode` order charges it: the answer may already be final. */
export type ChargeResult =
  | CreateResult
  | (Answered & { kind: 'paid'; payment: ChannelPayment })
  /** The customer must type the password first; a later query returns the result. */
  | (Answered & { kind: 'user_paying' });

/** Cancel (撤销): whatever state the order was in, afterwards no payment remains. */
export type CancelResult =
  /** It was unpaid and can no longer be paid. */
  | (Answered & { kind: 'closed' })
  /** It was paid, and the money was returned. */
  | (Answered & { kind: 'refunded' })
  /** The channel does not know the order, and did nothing. */
  | (Answered & { kind: 'not_found' })
  /** The channel requires the same call to be repeated. */
  | (Answered & { kind: 'again' })
  | (Answered & { kind: 'user_paying' })
  /** Past the cancel window, or in a state that only a refund can reverse. */
  | (Answered & { kind: 'refund_instead' })
  /** The merchant's balance at the channel is insufficient. */
  | (Answered & { kind: 'not_enough' })
  /** The channel cannot cancel this order, and was not called. Close it if it is unpaid; refund it if it is paid. */
  | (Answered & { kind: 'not_cancellable'; asked: false })
  | Failure;

export type RefundResult =
  | (Answered & { kind: 'refunded' })
  /** Accepted, not yet confirmed. */
  | (Answered & { kind: 'processing' })
  | (Answered & { kind: 'not_enough' })
  /** The channel refuses permanently; a person must act. */
  | (Answered & { kind: 'refused' })
  /** Only from a query: no refund has this number. */
  | (Answered & { kind: 'not_found' })
  | Failure;

export type QueryResult = QueryAnswer & {
  /**
   * The channel's time when it answered, if it states one. Used to check that the time to pay is over by the
   * channel's clock too.
   */
  statedAt?: Date;
};

type QueryAnswer =
  | (Answered & { kind: 'paid'; payment: ChannelPayment })
  /** It was paid, and then refunded in full or in part. Money moved: never treat it as unpaid. */
  | (Answered & { kind: 'refunded'; payment: ChannelPayment })
  | (Answered & { kind: 'unpaid' })
  /** The customer is typing the password. */
  | (Answered & { kind: 'user_paying' })
  /** Closed without ever having been paid. It can no longer be paid. */
  | (Answered & { kind: 'closed' })
  | (Answered & { kind: 'not_found' })
  /** A verified answer about another order, merchant or currency. A person must check it. */
  | (Answered & { kind: 'mismatch' })
  | Failure;

/** No close answer alone ends an order; it only determines how to read the query that follows. */
export type CloseResult =
  | (Answered & { kind: 'accepted' })
  | (Answered & { kind: 'already_closed' })
  /** The order's state does not allow closing: usually it has been paid. */
  | (Answered & { kind: 'conflict' })
  | (Answered & { kind: 'user_paying' })
  | (Answered & { kind: 'not_found' })
  /** The channel has no close, and was not called: the order ends when its time to pay is over at the channel. */
  | (Answered & { kind: 'unsupported' })
  | Failure;

export type NotificationResult =
  /** Verified, and about a payment. `body` is the verified content, decrypted, to be stored. */
  | { kind: 'payment'; eventId: string; payment: ChannelPayment; body: string }
  /**
   * Verified and about an order, but not exactly a payment's notification: fields contradict each other, one is
   * missing, or the status is another. It changes nothing by itself; the order is queried at once.
   */
  | { kind: 'doubtful'; eventId: string; orderNo: string; what: string; body: string }
  /** Verified, but nothing that needs an action. */
  | { kind: 'other'; eventId: string; what: string; body: string }
  /** Not verified, or not for this account: change nothing, reply with failure. */
  | { kind: 'rejected'; reason: string };
