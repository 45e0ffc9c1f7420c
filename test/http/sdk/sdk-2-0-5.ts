import { codeOf, isObject, naiveJson, naiveSign, parseLeniently, type Sdk } from './sdk.ts';

const numbers = { paymentId: null, businessNo: 'P0001' };

/** DaxPay 2.0.5's client: reads only the envelope's code, and throws for any object where a close returns nothing. */
export const sdk205: Sdk = {
  name: '2.0.5',
  reqTime: 1_715_347_771,
  paths: {
    pay: '/unipay/simplePay',
    close: '/unipay/close',
    query: '/uni/query/payOrder',
    sync: '/unipay/syncPay',
  },
  fields: {
    pay: {
      businessNo: 'P0001',
      title: '一杯茶',
      allocation: false,
      channel: 'wechat_pay',
      payWay: 'qrcode',
      amount: 100,
      notNotify: false,
    },
    close: { ...numbers, notNotify: false },
    cancel: numbers,
    query: numbers,
    sync: numbers,
  },
  body(fields, secret, type) {
    const all = { ...fields, clientIp: '127.0.0.1', reqTime: this.reqTime };
    return naiveJson({ ...all, sign: naiveSign(all, secret, type) });
  },
  read(operation, status, text) {
    const answer = parseLeniently(status, text);
    const { data = null } = answer;
    if (data !== null && !isObject(data)) throw new Error('data is not an object');
    if (data !== null && operation === 'close') throw new Error('no class for data');
    const code = codeOf(answer);
    return { success: code === 0, code, data };
  },
};
