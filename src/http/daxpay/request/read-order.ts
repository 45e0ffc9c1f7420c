import type { OrderNumbers } from '../../../order/outcomes.ts';
import { invalid } from '../answer/codes.ts';
import type { Generation } from '../generations/generation.ts';
import type { Members } from './body.ts';
import { type Parsed, readFields, rejected } from './fields.ts';
import { bizNumbersOf, distinct, orderSchema, orderSchema30 } from './schemas.ts';

/** The order's numbers, and the client's address. */
export interface OrderRequest extends OrderNumbers {
  clientIp: string | null;
  /** Cancel instead of closing (DaxPay 3.0). */
  useCancel: boolean;
}

/** Parses which order a request is about. At least one number, under any of its names, is required. */
export function readOrder(members: Members, generation: Generation): Parsed<OrderRequest> {
  const read = generation.extendedClose ? readFields(orderSchema30, members) : readPlain(members);
  if (read.kind === 'rejected') return read;
  const fields = read.value;
  const { outOrderNo, useCancel, clientIp } = fields;
  // A merchant may give one number under several names. `paymentId` comes first; all must mean the same order.
  const [orderNo = null, ...otherOrderNos] = distinct(fields.paymentId, fields.orderNo);
  const [bizOrderNo = null, ...otherBizNos] = bizNumbersOf(fields);
  if (orderNo === null && bizOrderNo === null && outOrderNo === null)
    return rejected(invalid(`${generation.names.own} 和 ${generation.names.biz} 不能同时为空`));
  const hasMore = otherOrderNos.length + otherBizNos.length > 0;
  const numbers = {
    orderNo,
    bizOrderNo,
    ...(outOrderNo === null ? {} : { outOrderNo }),
    ...(hasMore ? { others: { orderNo: otherOrderNos, bizOrderNo: otherBizNos } } : {}),
  };
  return { kind: 'valid', value: { ...numbers, clientIp, useCancel } };
}

function readPlain(members: Members) {
  const read = readFields(orderSchema, members);
  if (read.kind === 'rejected') return read;
  return { kind: 'valid', value: { ...read.value, outOrderNo: null, useCancel: false } } as const;
}
