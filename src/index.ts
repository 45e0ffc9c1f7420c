/**
 * Autoclose as a library: the timer and the close logic for a shop that creates orders itself, or through the library. To get
 * started: docs/embedding.md; custom channels: docs/channels/adding-a-channel.md.
 *
 * What is exported here keeps its meaning within a major version. Unions of outcomes and answers may gain a kind in a minor
 * version: end a `switch` over them with a default.
 */

export { type AlipayOptions, alipay } from './channel/built-in/alipay/index.ts';
export type { ChannelFactory } from './channel/built-in/define-channel.ts';
export { type UnionPayOptions, unionPay } from './channel/built-in/unionpay/index.ts';
export { type WechatPayOptions, wechatPay } from './channel/built-in/wechat/index.ts';
export type {
  CancelResult,
  Channel,
  ChannelName,
  ChannelOrder,
  ChannelPayment,
  ChannelRefund,
  ChargeResult,
  CloseResult,
  CreateResult,
  Failure,
  NotificationReply,
  NotificationResult,
  OwnChannel,
  PayerDetails,
  PayMethod,
  QueryResult,
  RawNotification,
  RefundResult,
} from './channel/channel.ts';
export { createAutoclose } from './library/create-autoclose.ts';
export type { AutocloseOptions, OnChange, OrderChange } from './library/options.ts';
export type {
  Autoclose,
  CancelOutcome,
  CloseOutcome,
  CreateOutcome,
  NewOrder,
  Order,
  OrderStatus,
  SyncOutcome,
  TrackedOrder,
  TrackOutcome,
} from './library/types.ts';
export { migrate } from './migrate.ts';
export type { Clock } from './platform/clock/clock.ts';
export type { Logger } from './platform/log/logger.ts';
