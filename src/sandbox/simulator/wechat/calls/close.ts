import type { JsonObject } from '../../format/json-object.ts';
import type { Answer } from '../../gateway/call.ts';
import { change } from '../../gateway/versioned.ts';
import { findWechatOrder, isPaid, isPaying } from '../orders.ts';
import { nowMs, type World } from '../world.ts';
import { noContent, orderNotExist, refusal } from './answers.ts';

/**
 * `POST …/out-trade-no/{no}/close`. Idempotent. An unknown number answers 204 as well (merchants' reports);
 * while the customer is typing the password the answer is 429 (confirmed by WeChat Pay's staff).
 */
export function closeOrder(world: World, orderNo: string, body: JsonObject): Answer {
  if (body.mchid !== world.keys.wechat.mchId) return refusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  const now = nowMs(world);
  const entry = findWechatOrder(world.wechat, orderNo, now);
  if (entry === null) return world.settings.strict404 ? orderNotExist() : noContent();
  const order = entry.current;
  if (order.kind === 'codepay') {
    return refusal(400, 'INVALID_REQUEST', '268449641 当前交易不允许进行普通关单（只能撤销）');
  }
  if (isPaid(order)) return refusal(400, 'ORDERPAID', '该订单已支付');
  if (isPaying(order)) {
    return world.settings.closeWhilePaying === 429
      ? refusal(429, 'FREQUENCY_LIMITED', '请求频率过高，请稍后重试')
      : refusal(202, 'USER_PAYING', '用户支付中，需要输入密码');
  }
  if (order.state === 'NOTPAY') change(entry, now, { state: 'CLOSED', cashier: 'shut' });
  return noContent();
}
