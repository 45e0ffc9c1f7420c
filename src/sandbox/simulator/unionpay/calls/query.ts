import { toBeijingDigits } from '../../format/beijing-time.ts';
import type { Answer } from '../../gateway/call.ts';
import { asOf, type Staleness } from '../../gateway/versioned.ts';
import { isPaying, type UnionpayOrder } from '../orders.ts';
import type { Fields } from '../signing.ts';
import { nowMs, type World } from '../world.ts';
import { respond } from './results.ts';

/** 交易状态查询, of an order, a void or a refund. Finds it only by both number and time. */
export function queryTransaction(world: World, request: Fields, staleness: Staleness | null): Answer {
  const { orderId = '', txnTime } = request;
  const now = nowMs(world);
  const giveBack = world.unionpay.giveBacks.get(orderId);
  if (giveBack !== undefined && giveBack.txnTime === txnTime) {
    const { failed, settlesAt, queryId, amountFen } = giveBack;
    const origRespCode = failed ? '01' : now >= settlesAt ? '00' : '05';
    return respond(request, '00', { origRespCode, queryId, txnAmt: String(amountFen), currencyCode: '156' });
  }
  const entry = world.unionpay.orders.get(orderId);
  if (entry === undefined || entry.current.txnTime !== txnTime) return respond(request, '34');
  const order = asOf(entry, now, staleness);
  const { unionpayUnpaid, unionpayExpired, unionpayPaid, unionpayBankLate } = world.settings;
  if (order.paidAt !== null)
    return respond(request, '00', { origRespCode: unionpayPaid, ...paymentFields(order) });
  if (isPaying(order, now, unionpayBankLate)) return respond(request, '00', { origRespCode: '05' });
  const code = now > order.payTimeout ? unionpayExpired : unionpayUnpaid;
  return code === '34' ? respond(request, code) : respond(request, '00', { origRespCode: code });
}

/** The fields of a paid order, in answers and notifications. */
export function paymentFields({ queryId, amountFen, paidAt }: UnionpayOrder): Fields {
  const paid = toBeijingDigits(paidAt ?? 0);
  return {
    queryId: queryId ?? '',
    txnAmt: String(amountFen),
    currencyCode: '156',
    settleAmt: String(amountFen),
    settleCurrencyCode: '156',
    settleDate: paid.slice(4, 8),
    traceNo: (queryId ?? '').slice(-6),
    traceTime: paid.slice(4),
  };
}
