/** The types of requests and answers, independent of the generation. Amounts are whole fen, times are Dates. */

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

/** The result of a sync at the channel: a status, or that the order is not found, or that this is uncertain. */
export type SyncStatus = OrderStatus | 'not_found' | 'not_found_unknown';

export interface CreateRequest {
  /** The merchant's number; repeating it returns the existing order. */
  bizOrderNo: string;
  title: string;
  channel: ChannelName;
  method: PayMethod;
  amountFen: number;
  description?: string;
  /** Sent in whole seconds. */
  expiresAt?: Date;
  /** Returned in the notice. */
  attach?: string;
  notifyUrl?: string;
  returnUrl?: string;
  /** Disables notices for this order. Generation 3.0 has no such member; `notifyUrl` is then not sent. */
  notNotify?: boolean;
  /** The code on the customer's phone (付款码), for `barcode`. */
  authCode?: string;
  /** The payer, for `jsapi`. */
  openId?: string;
  clientIp?: string;
}

/** At least one number. The system's takes precedence; an answer with another number than given is rejected. */
export interface OrderReference {
  /** The gateway's number; digits in generation 2.0.5. */
  orderNo?: string;
  bizOrderNo?: string;
  clientIp?: string;
}

export interface CallOptions {
  /** Aborts the call, which throws the signal's reason. The call may have taken effect. */
  signal?: AbortSignal;
}

/** The gateway's refusal, signed except in generation 2.0.5. A DaxPay code, and a message for people. */
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
  /** What the customer's device needs to pay: a code's text, a URL, or parameters as JSON. Null if already paid. */
  payBody: string | null;
}

/** The gateway's order; unknown values are null. */
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
  /** When the gateway created the notice. */
  sentAt: Date | null;
}
