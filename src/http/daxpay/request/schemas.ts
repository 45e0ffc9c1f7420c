import { z } from 'zod';
import { externalNumber, flag, httpUrl, ip, optional, orderNumber, text } from './fields.ts';
import { fenAndSeconds, type Units, yuanAndBeijing } from './units.ts';

/** 100,000,000 yuan: Alipay's limit for one order. */
export const MAX_AMOUNT_FEN = 10_000_000_000;

/** Channels that the API has a name for, but that are not supported. */
export const unsupportedChannels = ['wallet_pay'] as const;

/** DaxPay's names of the merchant's number, in the various generations and requests. */
const bizNumbers = {
  bizOrderNo: optional(externalNumber(100)),
  bizTradeNo: optional(externalNumber(100)),
  businessNo: optional(externalNumber(100)),
  bizOrderNoeNo: optional(externalNumber(100)),
};

/** The fields of every request. */
const common = {
  clientIp: optional(ip),
  nonceStr: optional(text(64)),
  mchNo: optional(text(32)),
  appId: optional(text(32)),
};

/** About the customer. */
const payer = {
  /** The code on the customer's phone, for `barcode`. */
  authCode: optional(text(64)),
  /** The customer, for `jsapi`. */
  openId: optional(text(128)),
  returnUrl: optional(text(200)),
};

/** The fields that pay's `extraParam` may contain instead of the request itself. */
export const extraSchema = z.object(payer);

/** A pay request. Other fields are ignored. */
const paySchemaOf = ({ amount, time }: Units) =>
  z.object({
    ...bizNumbers,
    ...common,
    ...payer,
    title: text(100),
    description: optional(text(500)),
    channel: text(20),
    method: text(20),
    amount,
    expiredTime: optional(time),
    attach: optional(text(500)),
    notifyUrl: optional(httpUrl(200)),
    notNotify: flag,
  });

const paySchemas = new Map([fenAndSeconds, yuanAndBeijing].map((units) => [units, paySchemaOf(units)]));

export function paySchema(units: Units): ReturnType<typeof paySchemaOf> {
  return paySchemas.get(units) ?? paySchemaOf(units);
}

/** Close, cancel, query and sync: which order. Other fields are ignored. */
export const orderSchema = z.object({
  ...bizNumbers,
  ...common,
  orderNo: optional(orderNumber),
  paymentId: optional(orderNumber),
});

/** The same in DaxPay 3.0, which also accepts the channel's number, and cancels with a close request. */
export const orderSchema30 = orderSchema.extend({
  outOrderNo: optional(externalNumber(150)),
  useCancel: flag,
});

/** The different values of the merchant's number, under all of its names. */
export function bizNumbersOf(fields: Record<keyof typeof bizNumbers, string | null>): string[] {
  return distinct(fields.bizOrderNo, fields.bizTradeNo, fields.businessNo, fields.bizOrderNoeNo);
}

/** Without nulls and duplicates. */
export function distinct(...numbers: (string | null)[]): string[] {
  return [...new Set(numbers.filter((each) => each !== null))];
}
