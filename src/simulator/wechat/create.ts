import type { Answer } from '../call.ts';
import { fromRfc3339, toRfc3339 } from '../format/beijing-time.ts';
import { asObject, asText, canonicalText, type JsonObject } from '../format/json-object.ts';
import { change, versioned } from '../versioned.ts';
import { nowMs, type World } from '../world.ts';
import { parameterError, refusal, success } from './answers.ts';
import { findWechatOrder, isPaid } from './orders.ts';

const ORDER_NO = /^[0-9A-Za-z_\-|*]{6,32}$/;
/** A deadline sooner than this is moved here (WeChat Pay native order page). */
const MIN_LIFE_MS = 60_000;
const DEFAULT_LIFE_MS = 7 * 24 * 3600_000;
const MAX_LIFE_MS = 90 * 24 * 3600_000;

/**
 * `POST /v3/pay/transactions/native`. Asked again with the same parameters it renews the code; an order that
 * has expired becomes payable once more by that (seen by merchants, not documented).
 */
export function createNative(world: World, body: JsonObject): Answer {
  const now = nowMs(world);
  const fault = misfit(world, body) ?? deadlineFault(body, now);
  if (fault !== null) return fault;
  const orderNo = String(body.out_trade_no);
  const parameters = canonicalText(body);
  const codeUrl = `weixin://wxpay/bizpayurl?pr=${world.random.text(9)}`;
  const entry = findWechatOrder(world.wechat, orderNo, now);
  if (entry === null) {
    const order = {
      orderNo,
      kind: 'native',
      parameters,
      description: String(body.description),
      attach: asText(body.attach),
      amountFen: Number(asObject(body.amount)?.total),
      notifyUrl: String(body.notify_url),
      createdAt: now,
      expiresAt: deadline(body, now),
      codeUrl,
      codeMadeAt: now,
      state: 'NOTPAY',
      cashier: 'shut',
      transactionId: null,
      paidAt: null,
      refundedFen: 0,
    } as const;
    world.wechat.orders.set(orderNo, versioned(order));
    return success({ code_url: codeUrl });
  }
  if (isPaid(entry.current)) return refusal(400, 'ORDERPAID', '该订单已支付');
  if (entry.current.state !== 'NOTPAY') return refusal(400, 'ORDER_CLOSED', '该订单已关闭，请重新下单');
  if (entry.current.parameters !== parameters) return refusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
  const expiresAt = now > entry.current.expiresAt ? now + MIN_LIFE_MS : entry.current.expiresAt;
  change(entry, now, { codeUrl, codeMadeAt: now, expiresAt });
  return success({ code_url: codeUrl });
}

function misfit(world: World, body: JsonObject): Answer | null {
  const { appId, mchId } = world.keys.wechat;
  const total = asObject(body.amount)?.total;
  const notifyUrl = asText(body.notify_url);
  if (body.mchid !== mchId) return refusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  if (body.appid !== appId) return refusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mchid不匹配');
  if (!ORDER_NO.test(asText(body.out_trade_no) ?? '')) return parameterError('商户订单号格式有误');
  if (asText(body.description) === null) return parameterError('缺少商品描述');
  if (notifyUrl === null || !isNotifyUrl(notifyUrl, world.settings.strictNotifyUrl)) {
    return parameterError('通知地址格式有误');
  }
  if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 1) {
    return parameterError('订单金额有误');
  }
  return null;
}

function isNotifyUrl(text: string, strict: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search } = new URL(text);
  return strict ? protocol === 'https:' && search === '' : protocol === 'https:' || protocol === 'http:';
}

function deadlineFault(body: JsonObject, now: number): Answer | null {
  if (body.time_expire === undefined) return null;
  const at = fromRfc3339(asText(body.time_expire) ?? '');
  if (at === null) return parameterError('time_expire格式有误');
  return at > now + MAX_LIFE_MS ? parameterError(`time_expire不得晚于${toRfc3339(now + MAX_LIFE_MS)}`) : null;
}

function deadline(body: JsonObject, now: number): number {
  const asked = fromRfc3339(asText(body.time_expire) ?? '') ?? now + DEFAULT_LIFE_MS;
  return Math.max(asked, now + MIN_LIFE_MS);
}
