import type { OrderNumbers } from '../../../order/outcomes.ts';
import { invalid } from '../answer/codes.ts';
import type { Generation } from '../generations/generation.ts';
import type { Members } from './body.ts';
import { type Read, readFields, wrong } from './fields.ts';
import { bizNumbersOf, differing, orderSchema, orderSchema30 } from './schemas.ts';

/** Which order, and on whose behalf. */
export interface OrderWish extends OrderNumbers {
  clientIp: string | null;
  /** Cancel it where it should be closed (DaxPay 3.0). */
  useCancel: boolean;
}

/** Which order a request is about. One number of any name is enough; that there is at least one is certain. */
export function readOrder(members: Members, generation: Generation): Read<OrderWish> {
  const read = generation.extendedClose ? readFields(orderSchema30, members) : readPlain(members);
  if (read.kind === 'wrong') return read;
  const { wish } = read;
  const { outOrderNo, useCancel, clientIp } = wish;
  // A merchant may give several names of one number. The payment's id goes first; none may mean another order.
  const [orderNo = null, ...otherOrderNos] = differing(wish.paymentId, wish.orderNo);
  const [bizOrderNo = null, ...otherBizNos] = bizNumbersOf(wish);
  if (orderNo === null && bizOrderNo === null && outOrderNo === null)
    return wrong(invalid(`${generation.names.own} 和 ${generation.names.biz} 不能同时为空`));
  const isMore = otherOrderNos.length + otherBizNos.length > 0;
  const numbers = {
    orderNo,
    bizOrderNo,
    ...(outOrderNo === null ? {} : { outOrderNo }),
    ...(isMore ? { others: { orderNo: otherOrderNos, bizOrderNo: otherBizNos } } : {}),
  };
  return { kind: 'wish', wish: { ...numbers, clientIp, useCancel } };
}

function readPlain(members: Members) {
  const read = readFields(orderSchema, members);
  if (read.kind === 'wrong') return read;
  return { kind: 'wish', wish: { ...read.wish, outOrderNo: null, useCancel: false } } as const;
}
