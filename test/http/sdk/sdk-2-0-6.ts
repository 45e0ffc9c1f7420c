import {
  codeOf,
  isObject,
  naiveJson,
  naiveSign,
  type OperationName,
  parseLeniently,
  type Sdk,
} from './sdk.ts';

const base = ['code', 'msg', 'resTime'];
const order206 = [
  ...['orderNo', 'bizOrderNo', 'outOrderNo', 'title', 'description', 'channel', 'method', 'amount'],
  ...['refundableBalance', 'status', 'payTime', 'expiredTime', 'closeTime', 'errorMsg'],
];
const order208 = [...order206, 'allocation', 'autoAllocation', 'refundStatus', 'allocStatus', 'errorCode'];
const pay = ['bizOrderNo', 'orderNo', 'status', 'payBody'];
const payFields = {
  bizOrderNo: 'P0001',
  title: '一杯茶',
  channel: 'wechat_pay',
  method: 'qrcode',
  amount: 100,
};

export const sdk206: Sdk = clientOf(
  '2.0.6',
  { pay, close: [], cancel: [], query: order206, sync: ['status'] },
  {
    pay: '/unipay/pay',
    close: '/unipay/close',
    query: '/uni/query/payOrder',
    sync: '/unipay/syncPay',
  },
  {
    pay: payFields,
    close: { bizTradeNo: 'P0001' },
    cancel: {},
    query: { bizOrderNoeNo: 'P0001' },
    sync: { bizOrderNo: 'P0001' },
  },
);

export const sdk208: Sdk = clientOf(
  '2.0.8',
  { pay, close: [], cancel: [], query: order208, sync: ['status'] },
  {
    pay: '/unipay/pay',
    close: '/unipay/close',
    cancel: '/unipay/cancel',
    query: '/unipay/query/payOrder',
    sync: '/unipay/sync/pay',
  },
  {
    pay: payFields,
    close: { bizOrderNo: 'P0001' },
    cancel: { bizOrderNo: 'P0001' },
    query: { bizOrderNoeNo: 'P0001' },
    sync: { bizOrderNo: 'P0001' },
  },
);

/**
 * The client of DaxPay 2.0.6 and 2.0.8: parses `data` into a class, so that members the class does not have are lost,
 * and verifies the signature over the class.
 */
function clientOf(
  name: string,
  classes: Record<OperationName, string[]>,
  paths: Sdk['paths'],
  fields: Sdk['fields'],
): Sdk {
  return {
    name,
    paths,
    fields,
    reqTime: 1_715_347_771,
    body(own, secret, type) {
      const all = { ...own, clientIp: '127.0.0.1', reqTime: this.reqTime };
      return naiveJson({
        ...own,
        clientIp: '127.0.0.1',
        sign: naiveSign(all, secret, type),
        reqTime: this.reqTime,
      });
    },
    read(operation, status, text, secret, type) {
      const answer = parseLeniently(status, text);
      const { data = null } = answer;
      if (codeOf(answer) !== 0) return { success: false, code: codeOf(answer), data: null };
      if (!isObject(data)) throw new Error('no data to read a result from');
      const known = [...base, ...classes[operation]];
      const object = Object.fromEntries(known.map((each) => [each, data[each] ?? null]));
      if (data.sign !== naiveSign(object, secret, type))
        throw new Error('the signature is not over this class');
      return { success: codeOf(data) === 0, code: codeOf(data), data };
    },
  };
}
