import type { Each } from '../world.ts';

/** The gateways, by the names that the product's own interface uses for them. */
export type ChannelName = Each['name'];

/** What a request asks of a gateway, in one vocabulary for all. */
export const operations = [
  'create',
  /** A customer opens what the merchant has signed, and the order reaches Alipay. */
  'open',
  'query',
  'close',
  /** Alipay's cancel, UnionPay's undo. */
  'cancel',
  'reverse',
  'refund',
  'refund_query',
  'certificates',
] as const;
export type Operation = (typeof operations)[number];

/** Before or after the effect of a request. */
export type Moment = 'before' | 'after';
