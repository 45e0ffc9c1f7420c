import { fromBeijing } from '../format/beijing-time.ts';
import { asText, canonicalText, type JsonObject } from '../format/json-object.ts';
import { fromYuan } from '../format/yuan.ts';
import { change, versioned } from '../versioned.ts';
import { nowMs, type World } from '../world.ts';
import { type AlipayOrder, findAlipayOrder } from './orders.ts';
import { type AlipayResult, businessFailure, done, invalidParameter } from './results.ts';

const MINUTE_MS = 60_000;
const UNITS_MS: Record<string, number> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 24 * 60 * MINUTE_MS };
/** A code lives no longer, whatever is asked for (Alipay precreate page). */
const MAX_CODE_LIFE_MS = 2 * 3600_000;
/** Face-to-face payments without a deadline of their own. */
const DEFAULT_LIFE_MS = 3 * 3600_000;
const MAX_ORDER_NO = 64;

/**
 * `alipay.trade.precreate`: an intent and its code, no trade. Asked again with the same data it makes a new
 * code, with other data it refuses. `time_expire` wins over `timeout_express`.
 */
export function precreate(world: World, body: JsonObject, notifyUrl: string | null): AlipayResult {
  const now = nowMs(world);
  const orderNo = asText(body.out_trade_no);
  const amountFen = fromYuan(String(body.total_amount));
  const subject = asText(body.subject);
  const payBy = deadline(body, now);
  const codeLifeMs = duration(body.qr_code_timeout_express, MAX_CODE_LIFE_MS);
  if (orderNo === null || orderNo.length > MAX_ORDER_NO || subject === null) {
    return invalidParameter('参数无效');
  }
  if (amountFen === null || amountFen < 1) return invalidParameter('订单金额不合法');
  if (payBy === null || codeLifeMs === null) return invalidParameter('超时时间不合法');

  const { notify_url: _, ...data } = body;
  const parameters = canonicalText(data);
  const code = {
    qrCode: `https://qr.alipay.com/bax0${world.random.text(20)}`,
    qrExpiresAt: Math.min(now + Math.min(codeLifeMs, MAX_CODE_LIFE_MS), payBy),
    payBy,
  };
  const entry = findAlipayOrder(world.alipay, orderNo, now);
  if (entry === null) {
    const base = { orderNo, parameters, subject, amountFen, notifyUrl, createdAt: now, trade: null };
    world.alipay.orders.set(orderNo, versioned<AlipayOrder>({ ...base, ...code }));
  } else {
    const { trade } = entry.current;
    if (trade?.status === 'TRADE_CLOSED') return businessFailure('ACQ.TRADE_HAS_CLOSE', '交易已经关闭');
    if (trade !== null && trade.status !== 'WAIT_BUYER_PAY') {
      return businessFailure('ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
    }
    if (entry.current.parameters !== parameters) {
      return businessFailure('ACQ.APPLY_PC_MERCHANT_CODE_ERROR', '申请二维码失败，订单信息不一致');
    }
    change(entry, now, trade === null ? code : { qrCode: code.qrCode, qrExpiresAt: code.qrExpiresAt });
  }
  return done({ out_trade_no: orderNo, qr_code: code.qrCode });
}

function deadline(body: JsonObject, now: number): number | null {
  if (body.time_expire !== undefined) return fromBeijing(asText(body.time_expire) ?? '');
  const lifeMs = duration(body.timeout_express, DEFAULT_LIFE_MS);
  return lifeMs === null ? null : now + lifeMs;
}

/** `90m`, `2h`, `1d`; null when it is anything else. */
function duration(value: unknown, fallback: number): number | null {
  if (value === undefined) return fallback;
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(asText(value) ?? '') ?? [];
  const unitMs = UNITS_MS[unit ?? ''];
  return count === undefined || unitMs === undefined ? null : Number(count) * unitMs;
}
