/** What callers say and hear, whatever the generation. Amounts are whole fen, times are Dates. */

export type OperationName = 'create' | 'close' | 'cancel' | 'query' | 'sync';

export type ChannelName = 'ali_pay' | 'wechat_pay' | 'union_pay' | 'wallet_pay';

export type PayMethod = 'wap' | 'app' | 'web' | 'qrcode' | 'barcode' | 'jsapi' | 'other' | 'normal';

export const orderStatuses = [
  'wait',
  'progress',
  'success',
  'close',
  'cancel',
  'fail',
  'timeout',
  'refunding',
  'partial_refund',
  'refunded',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** What a sync found at the channel: a status, or that the channel does not know the order, or cannot tell. */
export type SyncStatus = OrderStatus | 'not_found' | 'not_found_unknown';

export interface CreateRequest {
  /** The merchant's number; the same number again returns the existing order. */
  bizOrderNo: string;
  title: string;
  channel: ChannelName;
  method: PayMethod;
  amountFen: number;
  description?: string;
  /** Whole seconds are sent. */
  expiresAt?: Date;
  /** Comes back in the notice. */
  attach?: string;
  notifyUrl?: string;
  returnUrl?: string;
  /** No notice for this order. Generation 3.0 has no such member; there `notifyUrl` is not sent. */
  notNotify?: boolean;
  /** The code on the customer's phone (付款码), for `barcode`. */
  authCode?: string;
  /** Who pays, for `jsapi`. */
  openId?: string;
  clientIp?: string;
}

/** At least one number. The system's wins, and an answer with another than one that is given is refused. */
export interface OrderReference {
  /** The gateway's number; digits in generation 2.0.5. */
  orderNo?: string;
  bizOrderNo?: string;
  clientIp?: string;
}

export interface CallOptions {
  /** Gives the call up; it throws the signal's reason. The call may have taken effect. */
  signal?: AbortSignal;
}

/** The gateway's refusal, signed except in generation 2.0.5. The code is one of DaxPay's, the message for people. */
export interface Refusal {
  ok: false;
  code: number;
  message: string;
}

export type Result<Content = object> = ({ ok: true } & Content) | Refusal;

export interface CreatedOrder {
  orderNo: string;
  bizOrderNo: string;
  status: OrderStatus;
  /** What the customer's terminal needs: a code's text, a URL, parameters as JSON. Null if paid already. */
  payBody: string | null;
}

/** An order as the gateway knows it; null is what it does not say. */
export interface Order {
  orderNo: string;
  bizOrderNo: string | null;
  /** The channel's number. */
  outOrderNo: string | null;
  title: string | null;
  description: string | null;
  channel: string | null;
  method: string | null;
  amountFen: number;
  refundableFen: number | null;
  status: OrderStatus;
  paidAt: Date | null;
  expiresAt: Date | null;
  closedAt: Date | null;
  errorMsg: string | null;
}

export interface Notice extends Order {
  attach: string | null;
  /** When the gateway made the notice. */
  sentAt: Date | null;
}
