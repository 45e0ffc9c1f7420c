import { toRfc3339 } from '../../format/beijing-time.ts';
import { asObject, asText, type JsonObject } from '../../format/json-object.ts';
import type { Answer } from '../../gateway/call.ts';
import { change } from '../../gateway/versioned.ts';
import { findWechatOrder, isPaid, type WechatOrder, type WechatRefund } from '../orders.ts';
import { nowMs, type World } from '../world.ts';
import { orderNotExist, parameterError, refusal, success } from './answers.ts';

/**
 * `POST /v3/refund/domestic/refunds`. Idempotent: one refund per number. The answer is an
 * acceptance: PROCESSING until the money has moved (WeChat Pay refund page).
 */
export function createRefund(world: World, body: JsonObject): Answer {
  const now = nowMs(world);
  const refundNo = asText(body.out_refund_no);
  const orderNo = refundedOrderNo(world, body);
  const amountFen = Number(asObject(body.amount)?.refund);
  if (refundNo === null || !Number.isSafeInteger(amountFen) || amountFen < 1) {
    return parameterError('退款请求参数有误');
  }
  const repeated = world.wechat.refunds.get(refundNo);
  if (repeated !== undefined) {
    const same = repeated.orderNo === orderNo && repeated.amountFen === amountFen;
    return same
      ? refundAnswer(world, repeated)
      : refusal(400, 'INVALID_REQUEST', '订单金额或退款金额与之前请求不一致');
  }
  const order = orderNo === null ? null : (findWechatOrder(world.wechat, orderNo, now)?.current ?? null);
  if (order === null) return orderNotExist();
  if (!isPaid(order)) return refusal(403, 'TRADE_ERROR', '订单未支付');
  if (Number(asObject(body.amount)?.total) !== order.amountFen) return parameterError('订单金额有误');
  if (order.refundedFen + amountFen > order.amountFen) return refusal(403, 'RULE_LIMIT', '退款金额超限');
  if (world.settings.balanceNotEnough) return refusal(403, 'NOT_ENOUGH', '基本账户余额不足');
  return refundAnswer(world, addRefund(world, order, refundNo, amountFen));
}

/** `GET /v3/refund/domestic/refunds/{out_refund_no}` */
export function queryRefund(world: World, refundNo: string): Answer {
  const refund = world.wechat.refunds.get(refundNo);
  if (refund === undefined) return refusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  return refundAnswer(world, refund);
}

/** The order of a refund request. */
export function refundedOrderNo(world: World, body: JsonObject): string | null {
  const byNumber = asText(body.out_trade_no);
  if (byNumber !== null) return byNumber;
  const transactionId = asText(body.transaction_id);
  return transactionId === null ? null : orderNoOfTransaction(world, transactionId);
}

/** Transaction ids end with the simulator's payment number, so only queries by id need a scan. */
export function orderNoOfTransaction(world: World, transactionId: string): string | null {
  for (const { current } of world.wechat.orders.values()) {
    if (current.transactionId === transactionId) return current.orderNo;
  }
  return null;
}

/** Refunds the rest of a paid order: for the merchant's back office, or a reversal. */
export function refundWholeOrder(world: World, order: WechatOrder): void {
  const left = order.amountFen - order.refundedFen;
  if (left > 0) addRefund(world, order, `SIM${world.nextId()}`, left);
}

/** Even a partial refund changes the order's state to REFUND (WeChat Pay order state page). */
export function addRefund(
  world: World,
  order: WechatOrder,
  refundNo: string,
  amountFen: number,
): WechatRefund {
  const now = nowMs(world);
  const refund: WechatRefund = {
    refundNo,
    orderNo: order.orderNo,
    refundId: `503000${String(world.nextId()).padStart(22, '0')}`,
    amountFen,
    createdAt: now,
    settlesAt: now + world.settings.refundSettlesAfterMs,
  };
  world.wechat.refunds.set(refundNo, refund);
  const entry = findWechatOrder(world.wechat, order.orderNo, now);
  if (entry !== null) {
    change(entry, now, { state: 'REFUND', refundedFen: entry.current.refundedFen + amountFen });
  }
  return refund;
}

function refundAnswer(world: World, refund: WechatRefund): Answer {
  const order = world.wechat.orders.get(refund.orderNo)?.current;
  const settled = nowMs(world) >= refund.settlesAt;
  return success({
    refund_id: refund.refundId,
    out_refund_no: refund.refundNo,
    transaction_id: order?.transactionId,
    out_trade_no: refund.orderNo,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    create_time: toRfc3339(refund.createdAt),
    status: settled ? 'SUCCESS' : 'PROCESSING',
    ...(settled ? { success_time: toRfc3339(refund.settlesAt) } : {}),
    funds_account: 'AVAILABLE',
    amount: { total: order?.amountFen, refund: refund.amountFen, currency: 'CNY' },
  });
}
