import type { JsonObject } from '../../format/json-object.ts';
import type { Answer } from '../../gateway/call.ts';
import { change } from '../../gateway/versioned.ts';
import { findWechatOrder, isPaid } from '../orders.ts';
import { nowMs, type World } from '../world.ts';
import { orderNotExist, refusal, success } from './answers.ts';
import { refundWholeOrder } from './refunds.ts';

/** After this time a payment is refunded, not reversed (WeChat Pay v2 reverse page). */
const REVERSE_WINDOW_MS = 7 * 24 * 3600_000;

/**
 * `POST …/out-trade-no/{no}/reverse`, code-pay orders only: revokes an unpaid order, even while the customer is typing
 * the password; refunds a paid one in full. Idempotent. Its error codes are v2's; the v3 pages list none.
 */
export function reverseOrder(world: World, orderNo: string, body: JsonObject): Answer {
  const { mchId, appId } = world.keys.wechat;
  if (body.mchid !== mchId) return refusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  if (body.appid !== appId) return refusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mchid不匹配');
  const now = nowMs(world);
  const entry = findWechatOrder(world.wechat, orderNo, now);
  if (entry === null) return orderNotExist();
  const order = entry.current;
  if (order.kind !== 'codepay') return refusal(400, 'INVALID_REQUEST', '该订单不支持撤销');
  if (now > order.createdAt + REVERSE_WINDOW_MS) return refusal(400, 'REVERSE_EXPIRE', '订单超过撤销期限');
  if (world.settings.wechatReverseRetries > 0) {
    world.settings.wechatReverseRetries -= 1;
    return refusal(202, 'USERPAYING', '用户支付中，请稍后重试');
  }
  if (isPaid(order)) {
    const left = order.amountFen > order.refundedFen;
    if (left && world.settings.balanceNotEnough) return refusal(403, 'NOT_ENOUGH', '基本账户余额不足');
    refundWholeOrder(world, order);
  } else if (order.state !== 'CLOSED' && order.state !== 'REVOKED') {
    change(entry, now, { state: 'REVOKED' });
  }
  return success({ appid: appId, mchid: mchId, out_trade_no: orderNo });
}
