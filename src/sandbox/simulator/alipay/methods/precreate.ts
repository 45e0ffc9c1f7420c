import type { JsonObject } from '../../format/json-object.ts';
import { change, versioned } from '../../gateway/versioned.ts';
import { type AlipayOrder, findAlipayOrder } from '../orders.ts';
import { type AlipayResult, done, invalidParameter } from '../protocol/results.ts';
import { nowMs, type World } from '../world.ts';
import { duration, readOrderData, refusalToRepeat } from './order-data.ts';

/** The maximum lifetime of a code, whatever the request says (Alipay precreate page). */
const MAX_CODE_LIFE_MS = 2 * 3600_000;
const MISMATCH = {
  code: 'ACQ.APPLY_PC_MERCHANT_CODE_ERROR',
  message: '申请二维码失败，订单信息不一致',
};

/**
 * `alipay.trade.precreate`: creates an intent and its code, but no trade. Repeated with the same data it creates a new
 * code; with other data it refuses.
 */
export function precreate(world: World, body: JsonObject, notifyUrl: string | null): AlipayResult {
  const now = nowMs(world);
  const data = readOrderData('precreate', body, now);
  if ('ok' in data) return data;
  const codeLifeMs = duration(body.qr_code_timeout_express, MAX_CODE_LIFE_MS);
  if (codeLifeMs === null) return invalidParameter('超时时间不合法');
  const { orderNo, payBy } = data;
  const code = {
    code: `https://qr.alipay.com/bax0${world.random.text(20)}`,
    codeExpiresAt: Math.min(now + Math.min(codeLifeMs, MAX_CODE_LIFE_MS), payBy),
  };
  const entry = findAlipayOrder(world.alipay, orderNo, now);
  if (entry === null) {
    const order = { ...data, ...code, notifyUrl, createdAt: now, trade: null };
    world.alipay.orders.set(orderNo, versioned<AlipayOrder>(order));
  } else {
    const refusal = refusalToRepeat(entry.current, data, MISMATCH);
    if (refusal !== null) return refusal;
    change(entry, now, entry.current.trade === null ? { ...code, payBy } : code);
  }
  return done({ out_trade_no: orderNo, qr_code: code.code });
}
