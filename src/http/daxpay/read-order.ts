import type { OrderNumbers } from '../../order/outcomes.ts';
import type { Members } from './body.ts';
import { invalid } from './codes.ts';
import { type Read, readFields, wrong } from './fields.ts';
import type { Generation } from './generation.ts';
import { bizNumberOf, orderSchema, orderSchema30 } from './schemas.ts';

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
  const orderNo = wish.orderNo ?? wish.paymentId;
  const bizOrderNo = bizNumberOf(wish);
  if (orderNo === null && bizOrderNo === null && outOrderNo === null)
    return wrong(invalid(`${generation.names.own} 和 ${generation.names.biz} 不能同时为空`));
  const numbers = { orderNo, bizOrderNo, ...(outOrderNo === null ? {} : { outOrderNo }) };
  return { kind: 'wish', wish: { ...numbers, clientIp, useCancel } };
}

function readPlain(members: Members) {
  const read = readFields(orderSchema, members);
  if (read.kind === 'wrong') return read;
  return { kind: 'wish', wish: { ...read.wish, outOrderNo: null, useCancel: false } } as const;
}
