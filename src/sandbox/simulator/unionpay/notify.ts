import type { Message } from '../notify/notifier.ts';
import { paymentFields } from './calls/query.ts';
import type { UnionpayOrder } from './orders.ts';
import { signed } from './signing.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;

/** Delays between the five attempts (backUrl page). */
export const UNIONPAY_RETRY_MS: readonly number[] = [MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS];

/**
 * A form with certificate and signature, sent only for success. HTTP 200 or 302 is an acceptance. `more`: additional
 * fields.
 */
export function paymentMessage(
  world: World,
  order: UnionpayOrder,
  more: Record<string, string> = {},
): Message {
  const fields = {
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    accessType: '0',
    bizType: '000000',
    txnType: '01',
    txnSubType: '07',
    merId: world.keys.unionpay.merId,
    orderId: order.orderNo,
    txnTime: order.txnTime,
    respCode: '00',
    respMsg: '成功[0000000]',
    ...paymentFields(order),
    ...more,
  };
  return {
    id: order.queryId ?? order.orderNo,
    channel: 'union_pay',
    orderNo: order.orderNo,
    url: order.notifyUrl,
    retryAfterMs: UNIONPAY_RETRY_MS,
    accepted: (status) => status === 200 || status === 302,
    compose(fault) {
      const forged = fault === 'badSignature' || fault === 'signtest';
      const form = signed(world.keys, fields, forged ? { kind: 'bad_signature' } : null);
      const sent = fault === 'tamper' ? { ...form, txnAmt: '1' } : form;
      return {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        body: Buffer.from(new URLSearchParams(sent).toString()),
      };
    },
  };
}
