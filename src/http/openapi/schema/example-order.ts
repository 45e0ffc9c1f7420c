import type { PaymentOrder } from '../../../order/order.ts';

/** When the examples are sent and answered: the times in DaxPay's own example. */
export const REQUESTED_AT = new Date('2024-05-10T13:25:58Z');
export const ANSWERED_AT = new Date('2024-05-10T13:29:31Z');

/** The unpaid order in all examples. */
export const exampleOrder: PaymentOrder = {
  id: '1753370980523384832',
  orderNo: 'AC20240510132558000ABCDEFGHJK',
  bizOrderNo: 'P0001',
  channel: 'wechat_pay',
  channelAccount: '1900000001',
  method: 'qrcode',
  title: '测试支付',
  description: null,
  amountFen: 10010,
  status: 'progress',
  attach: null,
  notifyUrl: null,
  returnUrl: null,
  notNotify: false,
  clientIp: '127.0.0.1',
  apiGeneration: '2.0.6',
  traceId: null,
  payBody: 'weixin://wxpay/bizpayurl?pr=abc',
  channelTradeNo: null,
  errorMsg: null,
  createdAt: REQUESTED_AT,
  createAttemptedAt: REQUESTED_AT,
  expiresAt: new Date('2024-05-10T13:55:58Z'),
  paidAt: null,
  closedAt: null,
  latePaidAt: null,
  lateHandledAt: null,
  watchUntil: null,
  ending: 'close',
  nextCloseAt: null,
  closeAttempts: 0,
  retryReason: null,
  retryCount: 0,
  stuckAt: null,
  leaseToken: null,
  leaseUntil: null,
};
