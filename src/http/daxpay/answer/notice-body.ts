import { stringify } from 'lossless-json';
import type { PaymentOrder } from '../../../order/order.ts';
import { generationNamed } from '../generations/generations.ts';
import type { SignSettings } from '../signing/sign-type.ts';
import { sign } from '../signing/signing.ts';
import { codes } from './codes.ts';
import { dataOf } from './content.ts';

/**
 * The body of a merchant notice (商户通知), as JSON: the members of a query's answer plus `attach`, flat and signed as a
 * whole, in the generation that created the order.
 */
export function noticeBody(order: PaymentOrder, settings: SignSettings, now: Date): string {
  const { fields, units, dialect } = generationNamed(order.apiGeneration);
  const { code, message } = codes.success;
  const members = {
    ...dataOf({ kind: 'order', order }, fields, units),
    ...(order.attach === null ? {} : { attach: order.attach }),
    code,
    msg: message,
    resTime: units.writeTime(now),
  };
  return stringify({ ...members, sign: sign(members, settings, dialect) }) ?? '';
}
