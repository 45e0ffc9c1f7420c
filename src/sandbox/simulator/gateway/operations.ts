/** The operations of all gateways, in one vocabulary. */
export const operations = [
  'create',
  /** A customer opens the merchant's signed link, and the order reaches Alipay. */
  'open',
  'query',
  'close',
  /** Alipay's cancel, UnionPay's void. */
  'cancel',
  'reverse',
  'refund',
  'refund_query',
  'certificates',
] as const;
export type Operation = (typeof operations)[number];

/** Before or after the effect of a request. */
export type Moment = 'before' | 'after';
