import { LosslessNumber } from 'lossless-json';
import type { Generation } from '../daxpay/generations/generation.ts';
import { generation205 } from '../daxpay/generations/generation-2-0-5.ts';
import { generation206 } from '../daxpay/generations/generation-2-0-6.ts';
import { generation208 } from '../daxpay/generations/generation-2-0-8.ts';
import { generation30 } from '../daxpay/generations/generation-3-0.ts';
import type { Members } from '../daxpay/request/body.ts';
import { bilingual } from './openapi.ts';
import type { Content } from './schema/answer-schema.ts';
import { exampleOrder } from './schema/example-order.ts';

export interface DocumentedOperation {
  path: string;
  operationId: string;
  summary: string;
  description: string;
  request: 'pay' | 'order';
  content: Content;
  /** One call in each generation that uses this path, without time and signature. */
  calls: readonly { generation: Generation; members: Members }[];
}

const { id, orderNo, bizOrderNo, title, channel, method, clientIp } = exampleOrder;
const amount = new LosslessNumber('10010');
const basics = { title, channel, amount, clientIp };
const merchant = { mchNo: 'M1715347558', appId: 'A1715347558', nonceStr: '6f1c2a' };
const inYuan = { ...basics, amount: new LosslessNumber('100.1'), ...merchant };

const by205 = { generation: generation205, members: { paymentId: new LosslessNumber(id), clientIp } };
const by206 = { generation: generation206, members: { bizTradeNo: bizOrderNo, clientIp } };
const by208 = { generation: generation208, members: { bizOrderNo, clientIp, nonceStr: '6f1c2a' } };
const by30 = { generation: generation30, members: { orderNo, clientIp, ...merchant } };

const create = {
  summary: bilingual('创建支付订单', 'Create an order'),
  description: bilingual(
    '同一商户订单号再次创建时，未结束的订单原样返回',
    'Repeating the merchant number returns the existing order while it can still be paid.',
  ),
  request: 'pay',
  content: 'payable',
} as const;

const query = {
  summary: bilingual('查询支付订单', 'Query an order'),
  description: bilingual(
    '返回系统内的订单信息，不询问支付通道',
    'Returns the stored order; does not query the channel.',
  ),
  request: 'order',
  content: 'order',
} as const;

const sync = {
  summary: bilingual('同步支付订单', 'Sync an order with its channel'),
  description: bilingual(
    '向支付通道查单，并据此更正订单',
    'Queries the channel and corrects the order accordingly.',
  ),
  request: 'order',
  content: 'sync',
} as const;

export const operations: readonly DocumentedOperation[] = [
  {
    ...create,
    path: '/unipay/pay',
    operationId: 'create',
    calls: [
      {
        generation: generation205,
        members: {
          businessNo: bizOrderNo,
          title,
          clientIp,
          payChannels: [{ channel, way: method, amount }],
          notNotify: false,
          allocation: false,
        },
      },
      { generation: generation206, members: { ...basics, bizOrderNo, method } },
      { generation: generation208, members: { ...basics, bizOrderNo, method, nonceStr: '6f1c2a' } },
      { generation: generation30, members: { ...inYuan, bizOrderNo, method } },
    ],
  },
  {
    ...create,
    path: '/unipay/simplePay',
    operationId: 'create205',
    calls: [
      {
        generation: generation205,
        members: { ...basics, businessNo: bizOrderNo, payWay: method, notNotify: false, allocation: false },
      },
    ],
  },
  {
    path: '/unipay/close',
    operationId: 'close',
    summary: bilingual('关闭支付订单', 'Close an unpaid order'),
    description: bilingual(
      '先在支付通道关闭，再更改订单状态；已支付的订单不会被关闭',
      'Closes at the channel first, then changes the order. A paid order is not closed.',
    ),
    request: 'order',
    content: 'nothing',
    calls: [
      { ...by205, members: { ...by205.members, notNotify: false } },
      by206,
      by208,
      { ...by30, members: { ...by30.members, useCancel: false } },
    ],
  },
  {
    path: '/unipay/cancel',
    operationId: 'cancel',
    summary: bilingual('撤销支付订单', 'Cancel an order'),
    description: bilingual(
      '未支付则关闭，已支付则退回款项；3.0 使用关闭接口的 useCancel',
      'Closes an unpaid order; refunds a paid one. In 3.0, use the close operation with useCancel.',
    ),
    request: 'order',
    content: 'nothing',
    calls: [by208],
  },
  { ...query, path: '/unipay/query/payOrder', operationId: 'query', calls: [by208, by30] },
  {
    ...query,
    path: '/uni/query/payOrder',
    operationId: 'queryOld',
    calls: [by205, { ...by206, members: { bizOrderNoeNo: bizOrderNo, clientIp } }],
  },
  { ...sync, path: '/unipay/sync/pay', operationId: 'sync', calls: [by208] },
  { ...sync, path: '/unipay/sync/order/pay', operationId: 'sync30', calls: [by30] },
  {
    ...sync,
    path: '/unipay/syncPay',
    operationId: 'syncOld',
    calls: [by205, { ...by206, members: { bizOrderNo, clientIp } }],
  },
];
