import { type Generation, hasAny } from './generation.ts';
import { generation206 } from './generation-2-0-6.ts';

/** Paths that came with this generation. */
export const newerPaths = [
  '/unipay/cancel',
  '/unipay/query/payOrder',
  '/unipay/sync/pay',
  '/unipay/sync/order/pay',
];

/**
 * DaxPay 2.0.8: answers like 2.0.6, with more fields to a query. On create and close nothing but a `nonceStr`, or
 * the name of a number, tells the two apart, and their answers are the same there. Of the fields that it adds, those
 * that mean nothing for our orders are null and so not sent.
 */
export const generation208: Generation = {
  ...generation206,
  name: '2.0.8',
  names: { own: 'orderNo', biz: 'bizOrderNo', payBiz: 'bizOrderNo' },
  fields: {
    ...generation206.fields,
    order: [...generation206.fields.order, 'allocation', 'autoAllocation'],
  },
  recognises: (request) =>
    newerPaths.includes(request.path) ||
    hasAny(request, ['nonceStr']) ||
    (request.path === '/unipay/close' && hasAny(request, ['bizOrderNo'])),
};
