import { z } from 'zod';
import { channelNames, payMethods } from '../../channel/channel.ts';
import type { CreateOrder, OrderNumbers } from '../../order/outcomes.ts';
import type { Members } from './body.ts';
import { failure, invalid } from './codes.ts';
import {
  amountFen,
  expiredTime,
  flag,
  httpUrl,
  ip,
  optional,
  orderNumber,
  type Read,
  readFields,
  text,
  wrong,
} from './fields.ts';

/** 100,000,000 yuan: the most that Alipay takes for one order. */
export const MAX_AMOUNT_FEN = 10_000_000_000;

/** Channels that the API has a word for, although no order can be created with them here. */
const foreignChannels = ['union_pay', 'wallet_pay'];

/** What DaxPay 2.0.5 to 2.0.8 call the merchant's number, on one request or another. */
const bizNumbers = {
  bizOrderNo: optional(text(100)),
  bizTradeNo: optional(text(100)),
  businessNo: optional(text(100)),
  bizOrderNoeNo: optional(text(100)),
};

/** DaxPay 2.0.6's pay request. Fields not named here are ignored. */
const paySchema = z.object({
  ...bizNumbers,
  title: text(100),
  description: optional(text(500)),
  channel: text(20),
  method: text(20),
  amount: amountFen,
  expiredTime: optional(expiredTime),
  clientIp: optional(ip),
  attach: optional(text(500)),
  notifyUrl: optional(httpUrl(200)),
  returnUrl: optional(text(200)),
  notNotify: flag,
});

/** DaxPay 2.0.5 to 2.0.8's close request. Fields not named here are ignored. */
const closeSchema = z.object({
  ...bizNumbers,
  orderNo: optional(orderNumber),
  paymentId: optional(orderNumber),
  clientIp: optional(ip),
});

export interface CloseOrder extends OrderNumbers {
  clientIp: string | null;
}

/** A wish for a new order, valid in form. */
export function readPay(members: Members): Read<CreateOrder> {
  const read = readFields(paySchema, members);
  if (read.kind === 'wrong') return read;
  const { wish } = read;
  const bizOrderNo = bizNumberOf(wish);
  if (bizOrderNo === null) return wrong(invalid('bizOrderNo 不能为空'));
  if (foreignChannels.includes(wish.channel)) return wrong(failure('channel_not_enabled'));
  const channel = channelNames.find((name) => name === wish.channel);
  if (channel === undefined) return wrong(failure('channel_unknown'));
  const method = payMethods.find((name) => name === wish.method);
  if (method === undefined) return wrong(failure('method_unknown'));
  if (wish.amount > MAX_AMOUNT_FEN) return wrong(failure('amount_over_limit'));

  const { title, description, attach, notifyUrl, returnUrl, notNotify, clientIp } = wish;
  const terms = { title, description, amountFen: wish.amount, expiresAt: wish.expiredTime };
  return {
    kind: 'wish',
    wish: { bizOrderNo, channel, method, ...terms, attach, notifyUrl, returnUrl, notNotify, clientIp },
  };
}

/** Which order to close. One number of any name is enough; that there is at least one is certain. */
export function readClose(members: Members): Read<CloseOrder> {
  const read = readFields(closeSchema, members);
  if (read.kind === 'wrong') return read;
  const { wish } = read;
  const orderNo = wish.orderNo ?? wish.paymentId;
  const bizOrderNo = bizNumberOf(wish);
  if (orderNo === null && bizOrderNo === null) return wrong(invalid('orderNo 和 bizTradeNo 不能同时为空'));
  return { kind: 'wish', wish: { orderNo, bizOrderNo, clientIp: wish.clientIp } };
}

function bizNumberOf(wish: Record<keyof typeof bizNumbers, string | null>): string | null {
  return wish.bizOrderNo ?? wish.bizTradeNo ?? wish.businessNo ?? wish.bizOrderNoeNo;
}
