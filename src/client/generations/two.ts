import { type Json, JsonNumber, type JsonObject } from '../values/json.ts';
import { readFen } from '../values/money.ts';
import { epochSeconds, readEpoch } from '../values/times.ts';
import type { CreateRequest } from '../vocabulary.ts';
import type { Generation } from './generation.ts';
import { openEnvelope, openLooseEnvelope } from './open.ts';

/** What 2.0.6 and 2.0.8 share. */
const two = {
  orderNumber: (orderNo: string): JsonObject => ({ orderNo }),
  extras: {},
  createMembers: ({ method, notNotify, ...request }: CreateRequest): JsonObject => ({
    method,
    notNotify: notNotify ?? null,
    extraParam: payerOf(request),
  }),
  sendsMerchant: false,
  signTypes: ['MD5', 'HMAC_SHA256'],
  signRule: { upperCase: false, nestedInOrder: false },
  spellNumber: (digits: string) => digits,
  writeTime: (date: Date): Json => new JsonNumber(epochSeconds(date)),
  readTime: readEpoch,
  writeAmount: (fen: number): Json => new JsonNumber(fen),
  readAmount: readFen,
  signsTime: true,
  open: openEnvelope,
} as const;

/**
 * Always sends the flags: the gateway signs them even if false, and even if they were not sent. The method is called
 * `payWay`.
 */
export const generation205: Generation = {
  ...two,
  paths: {
    create: '/unipay/simplePay',
    close: '/unipay/close',
    cancel: null,
    query: '/uni/query/payOrder',
    sync: '/unipay/syncPay',
  },
  bizNumberNames: everywhere('businessNo'),
  orderNumber(orderNo) {
    if (!/^[1-9]\d{0,18}$/.test(orderNo))
      throw new TypeError('in generation 2.0.5 an orderNo has only digits');
    return { paymentId: new JsonNumber(orderNo) };
  },
  extras: { create: { allocation: false }, close: { notNotify: false } },
  createMembers: ({ method, notNotify, ...request }) => ({
    payWay: method,
    notNotify: notNotify ?? false,
    channelParam: payerOf(request),
  }),
  sendsNonce: false,
  signsTime: false,
  open: openLooseEnvelope,
};

export const generation206: Generation = {
  ...two,
  paths: {
    create: '/unipay/pay',
    close: '/unipay/close',
    cancel: null,
    query: '/uni/query/payOrder',
    sync: '/unipay/syncPay',
  },
  bizNumberNames: { ...everywhere('bizOrderNo'), close: 'bizTradeNo', query: 'bizOrderNoeNo' },
  sendsNonce: false,
};

export const generation208: Generation = {
  ...two,
  paths: {
    create: '/unipay/pay',
    close: '/unipay/close',
    cancel: '/unipay/cancel',
    query: '/unipay/query/payOrder',
    sync: '/unipay/sync/pay',
  },
  bizNumberNames: { ...everywhere('bizOrderNo'), query: 'bizOrderNoeNo' },
  sendsNonce: true,
};

function everywhere(name: string): Generation['bizNumberNames'] {
  return { create: name, close: name, cancel: name, query: name, sync: name };
}

/** The payer's details; null if there are none. */
function payerOf({ authCode, openId }: Pick<CreateRequest, 'authCode' | 'openId'>): JsonObject | null {
  if (authCode === undefined && openId === undefined) return null;
  return { authCode: authCode ?? null, openId: openId ?? null };
}
