import { type Generation, hasAny } from './generation.ts';
import { generation206 } from './generation-2-0-6.ts';

/** Paths introduced in this generation. */
export const newerPaths = [
  '/unipay/cancel',
  '/unipay/query/payOrder',
  '/unipay/sync/pay',
  '/unipay/sync/order/pay',
];

/**
 * DaxPay 2.0.8: answers like 2.0.6, with more fields in a query's answer. On create and close only a `nonceStr`, or the name
 * of a number, distinguishes the two, and their answers are equal. Its additional fields that do not apply to our orders are
 * null, and not sent.
 */
export const generation208: Generation = {
  ...generation206,
  name: '2.0.8',
  names: { own: 'orderNo', biz: 'bizOrderNo', payBiz: 'bizOrderNo' },
  fields: {
    ...generation206.fields,
    order: [...generation206.fields.order, 'allocation', 'autoAllocation'],
  },
  recognizes: (request) =>
    newerPaths.includes(request.path) ||
    hasAny(request, ['nonceStr']) ||
    (request.path === '/unipay/close' && hasAny(request, ['bizOrderNo'])),
};
