import { z } from 'zod';
import { flag, foreignNumber, httpUrl, ip, optional, orderNumber, text } from './fields.ts';
import { fenAndSeconds, type Units, yuanAndBeijing } from './units.ts';

/** 100,000,000 yuan: the most that Alipay takes for one order. */
export const MAX_AMOUNT_FEN = 10_000_000_000;

/** Channels that the API has a word for, although no order can be created with them here. */
export const foreignChannels = ['wallet_pay'] as const;

/** What DaxPay calls the merchant's number, in one generation or another, on one request or another. */
const bizNumbers = {
  bizOrderNo: optional(foreignNumber(100)),
  bizTradeNo: optional(foreignNumber(100)),
  businessNo: optional(foreignNumber(100)),
  bizOrderNoeNo: optional(foreignNumber(100)),
};

/** What every request has. */
const common = {
  clientIp: optional(ip),
  nonceStr: optional(text(64)),
  mchNo: optional(text(32)),
  appId: optional(text(32)),
};

/** The customer's. */
const payer = {
  /** The code on the customer's phone, for `barcode`. */
  authCode: optional(text(64)),
  /** The customer, for `jsapi`. */
  openId: optional(text(128)),
  returnUrl: optional(text(200)),
};

/** What pay's `extraParam` may carry in place of the request itself. */
export const extraSchema = z.object(payer);

/** A pay request. Fields not named here are ignored. */
const paySchemaOf = ({ amount, moment }: Units) =>
  z.object({
    ...bizNumbers,
    ...common,
    ...payer,
    title: text(100),
    description: optional(text(500)),
    channel: text(20),
    method: text(20),
    amount,
    expiredTime: optional(moment),
    attach: optional(text(500)),
    notifyUrl: optional(httpUrl(200)),
    notNotify: flag,
  });

const paySchemas = new Map([fenAndSeconds, yuanAndBeijing].map((units) => [units, paySchemaOf(units)]));

export function paySchema(units: Units): ReturnType<typeof paySchemaOf> {
  return paySchemas.get(units) ?? paySchemaOf(units);
}

/** Close, cancel, query and sync: which order. Fields not named here are ignored. */
export const orderSchema = z.object({
  ...bizNumbers,
  ...common,
  orderNo: optional(orderNumber),
  paymentId: optional(orderNumber),
});

/** The same in DaxPay 3.0, which knows the channel's number, and a cancel by way of the close. */
export const orderSchema30 = orderSchema.extend({
  outOrderNo: optional(foreignNumber(150)),
  useCancel: flag,
});

/** The merchant's number under each of its names, as far as they differ. */
export function bizNumbersOf(wish: Record<keyof typeof bizNumbers, string | null>): string[] {
  return differing(wish.bizOrderNo, wish.bizTradeNo, wish.businessNo, wish.bizOrderNoeNo);
}

/** Those that are given, each once. */
export function differing(...numbers: (string | null)[]): string[] {
  return [...new Set(numbers.filter((each) => each !== null))];
}
