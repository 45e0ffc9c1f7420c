import { fromBeijingDigits } from '../../format/beijing-time.ts';
import type { Answer } from '../../gateway/call.ts';
import { change, versioned } from '../../gateway/versioned.ts';
import type { Fields } from '../signing.ts';
import { nowMs, type World } from '../world.ts';
import { respond } from './results.ts';

export const ORDER_ID = /^[0-9A-Za-z]{8,40}$/;
const AMOUNT = /^[1-9]\d{0,11}$/;

/** 申请二维码 (主扫). Repeated for the same order it returns a new code (unsourced). */
export function createCode(world: World, request: Fields): Answer {
  const { orderId = '', txnTime = '', txnAmt = '', currencyCode, payTimeout = '', backUrl = '' } = request;
  const now = nowMs(world);
  const payBy = fromBeijingDigits(payTimeout);
  const wellFormed = ORDER_ID.test(orderId) && AMOUNT.test(txnAmt) && fromBeijingDigits(txnTime) !== null;
  if (!wellFormed || currencyCode !== '156' || payBy === null || !URL.canParse(backUrl)) {
    return respond(request, '13');
  }
  const entry = world.unionpay.orders.get(orderId);
  if (entry !== undefined) {
    const { paidAt, amountFen, txnTime: since } = entry.current;
    if (paidAt !== null) return respond(request, '12');
    if (amountFen !== Number(txnAmt) || since !== txnTime) return respond(request, '36');
  }
  if (now > payBy) return respond(request, '39');
  const code = `https://qr.95516.com/00010000/${world.random.text(26)}`;
  if (entry !== undefined) change(entry, now, { code });
  else {
    const order = {
      orderNo: orderId,
      kind: 'c2b_qr',
      txnTime,
      amountFen: Number(txnAmt),
      notifyUrl: backUrl,
      createdAt: now,
      payTimeout: payBy,
      code,
      paying: false,
      queryId: null,
      paidAt: null,
      autoRefundAt: null,
    } as const;
    world.unionpay.orders.set(orderId, versioned(order));
  }
  return respond(request, '00', { qrCode: code });
}
