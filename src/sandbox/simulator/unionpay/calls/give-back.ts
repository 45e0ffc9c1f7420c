import { fromBeijingDigits, toBeijingDigits } from '../../format/beijing-time.ts';
import type { Answer } from '../../gateway/call.ts';
import { clearingDay, refundedFen, type UnionpayGiveBack, type UnionpayOrder } from '../orders.ts';
import type { Fields } from '../signing.ts';
import { nowMs, type World } from '../world.ts';
import { ORDER_ID } from './create.ts';
import { respond } from './results.ts';

/**
 * 消费撤销 (31) and 退货 (04). Accepted at once; a query returns the result. The same number and amount again is the same
 * transaction; a failed one uses its number up.
 */
export function giveBack(world: World, txnType: '31' | '04', request: Fields): Answer {
  const { orderId = '', txnTime = '', txnAmt = '' } = request;
  const amountFen = Number(txnAmt);
  if (!ORDER_ID.test(orderId) || fromBeijingDigits(txnTime) === null) return respond(request, '13');
  const before = world.unionpay.giveBacks.get(orderId);
  if (before !== undefined) {
    if (before.amountFen !== amountFen || before.txnType !== txnType) return respond(request, '36');
    return before.failed || before.txnTime !== txnTime
      ? respond(request, '12')
      : respond(request, '00', { queryId: before.queryId });
  }
  const order = findOriginal(world, request);
  const refusal = order === null ? '35' : refusalToGiveBack(world, txnType, order, amountFen);
  if (order === null || refusal !== null) return respond(request, refusal ?? '35');
  const failed = txnType === '31' && world.settings.unionpayVoidFails;
  const { queryId } = addGiveBack(world, order, { orderId, txnTime, txnType, amountFen, failed });
  return respond(request, '00', { queryId });
}

export function addGiveBack(
  world: World,
  { orderNo }: UnionpayOrder,
  request: Omit<UnionpayGiveBack, 'orderNo' | 'queryId' | 'settlesAt'>,
): UnionpayGiveBack {
  const now = nowMs(world);
  // A void moves the money at once.
  const settlesAt = request.txnType === '31' ? now : now + world.settings.refundSettlesAfterMs;
  const added = { ...request, orderNo, queryId: newQueryId(world), settlesAt };
  world.unionpay.giveBacks.set(request.orderId, added);
  return added;
}

export function newQueryId(world: World): string {
  return `${toBeijingDigits(nowMs(world))}${String(world.nextId()).padStart(7, '0')}`;
}

/** Finds the order by its `queryId`, or by its number and time. */
function findOriginal(world: World, { origQryId, origOrderId, origTxnTime }: Fields): UnionpayOrder | null {
  for (const { current } of world.unionpay.orders.values()) {
    const byNumber = current.orderNo === origOrderId && current.txnTime === origTxnTime;
    if (origQryId === undefined ? byNumber : current.queryId === origQryId) return current;
  }
  return null;
}

function refusalToGiveBack(
  world: World,
  txnType: '31' | '04',
  order: UnionpayOrder,
  amountFen: number,
): string | null {
  const now = nowMs(world);
  if (order.paidAt === null) return '35';
  const backFen = refundedFen(world.unionpay, order, now);
  if (txnType === '31') {
    if (amountFen !== order.amountFen) return '36';
    if (backFen > 0 || clearingDay(order.paidAt) !== clearingDay(now)) return '35';
  }
  if (!Number.isSafeInteger(amountFen) || amountFen < 1 || backFen + amountFen > order.amountFen) return '33';
  return world.settings.balanceNotEnough ? '64' : null;
}
