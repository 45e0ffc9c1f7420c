import {
  codeOf,
  isObject,
  naiveJson,
  naiveSign,
  type OperationName,
  parseLeniently,
  type Sdk,
} from './sdk.ts';

/** Fields of the classes, in the order in which the client serializes them. */
const classes: Record<OperationName, string[]> = {
  pay: ['bizOrderNo', 'orderNo', 'status', 'payBody'],
  close: [],
  cancel: [],
  query: [
    ...['bizOrderNo', 'orderNo', 'outOrderNo', 'title', 'description', 'allocation', 'autoAllocation'],
    ...['channel', 'method', 'amount', 'refundableBalance', 'status', 'refundStatus', 'allocStatus'],
    ...['payTime', 'closeTime', 'expiredTime', 'attach', 'errorMsg'],
  ],
  sync: ['status', 'orderStatus', 'adjust'],
};
const close = { orderNo: null, bizOrderNo: 'P0001', outOrderNo: null, useCancel: false };

/** DaxPay 3.0's client: one flat answer, signed as a whole in upper case. */
export const sdk30: Sdk = {
  name: '3.0',
  reqTime: '2024-05-10 21:29:31',
  paths: {
    pay: '/unipay/pay',
    close: '/unipay/close',
    cancel: '/unipay/close',
    query: '/unipay/query/payOrder',
    sync: '/unipay/sync/order/pay',
  },
  fields: {
    pay: { bizOrderNo: 'P0001', title: '一杯茶', channel: 'wechat_pay', method: 'qrcode', amount: 1 },
    close,
    cancel: { ...close, useCancel: true },
    query: { bizOrderNo: 'P0001' },
    sync: { bizOrderNo: 'P0001' },
  },
  body(fields, secret, type) {
    const rest = { mchNo: 'M1', appId: 'APP1', clientIp: '127.0.0.1', reqTime: this.reqTime };
    const sign = naiveSign({ ...fields, ...rest }, secret, type, true);
    return naiveJson({ ...fields, ...rest, sign });
  },
  read(operation, status, text, secret, type) {
    const answer = parseLeniently(status, text);
    const { msg = null, data = null, resTime, traceId = null, sign } = answer;
    if (data !== null && !isObject(data)) throw new Error('data is not an object');
    if (data !== null && (operation === 'close' || operation === 'cancel'))
      throw new Error('no class for data');
    if (sign === undefined) return { success: codeOf(answer) === 0, code: codeOf(answer), data };
    if (typeof resTime !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(resTime))
      throw new Error('resTime is not a time');
    const rewritten =
      data === null
        ? null
        : naiveJson(Object.fromEntries(classes[operation].map((name) => [name, data[name] ?? null])));
    const signed = { code: codeOf(answer), msg, data: rewritten, resTime, traceId };
    if (sign !== naiveSign(signed, secret, type, true)) throw new Error('the signature is wrong');
    return { success: codeOf(answer) === 0, code: codeOf(answer), data };
  },
};
