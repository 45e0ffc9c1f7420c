import { JsonNumber, writeJson } from '../values/json.ts';
import { fenOfYuan, withoutTrailingZeros, yuanOfFen } from '../values/money.ts';
import { beijingTime, readBeijingTime } from '../values/times.ts';
import type { Generation } from './generation.ts';
import { openFlat } from './open.ts';

/** Cancels by a close with a flag. The payer's details are JSON in a string. */
export const generation30: Generation = {
  paths: {
    create: '/unipay/pay',
    close: '/unipay/close',
    cancel: '/unipay/close',
    query: '/unipay/query/payOrder',
    sync: '/unipay/sync/order/pay',
  },
  bizNumberNames: {
    create: 'bizOrderNo',
    close: 'bizOrderNo',
    cancel: 'bizOrderNo',
    query: 'bizOrderNo',
    sync: 'bizOrderNo',
  },
  orderNumber: (orderNo) => ({ orderNo }),
  extras: { cancel: { useCancel: true } },
  createMembers({ method, authCode, openId, notifyUrl, notNotify }) {
    const payer = { authCode: authCode ?? null, openId: openId ?? null };
    const notice = { notifyUrl: notNotify === true ? null : (notifyUrl ?? null) };
    return { method, ...notice, extraParam: writeJson(payer) === '{}' ? null : writeJson(payer) };
  },
  sendsNonce: true,
  sendsMerchant: true,
  signTypes: ['MD5', 'HMAC_SHA256', 'SM3'],
  signRule: { upperCase: true, nestedInOrder: true },
  spellNumber: withoutTrailingZeros,
  writeTime: beijingTime,
  readTime: readBeijingTime,
  writeAmount: (fen) => new JsonNumber(yuanOfFen(fen)),
  readAmount: fenOfYuan,
  signsTime: true,
  open: openFlat,
};
