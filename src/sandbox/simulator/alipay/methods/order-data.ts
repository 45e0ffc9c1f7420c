import { fromBeijing } from '../../format/beijing-time.ts';
import { asText, canonicalText, type JsonObject } from '../../format/json-object.ts';
import { fromYuan } from '../../format/yuan.ts';
import type { AlipayKind } from '../kinds.ts';
import type { AlipayOrder } from '../orders.ts';
import { type AlipayResult, businessFailure, invalidParameter } from '../protocol/results.ts';

const MINUTE_MS = 60_000;
const UNITS_MS: Record<string, number> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 24 * 60 * MINUTE_MS };
const MAX_ORDER_NO = 64;

/** Default deadlines: 3 hours for face-to-face orders, else 15 days. */
const DEFAULT_LIFE_MS: Record<AlipayKind, number> = {
  precreate: 3 * 3600_000,
  pay: 3 * 3600_000,
  create: 15 * 24 * 3600_000,
  wap: 15 * 24 * 3600_000,
  app: 15 * 24 * 3600_000,
  page: 15 * 24 * 3600_000,
};

/** Order data common to all methods that create orders. */
export type OrderData = Pick<
  AlipayOrder,
  'orderNo' | 'kind' | 'subject' | 'amountFen' | 'payBy' | 'parameters'
>;

/** The order data of a request, or the refusal. `time_expire` takes precedence over `timeout_express`. */
export function readOrderData(kind: AlipayKind, body: JsonObject, now: number): OrderData | AlipayResult {
  const orderNo = asText(body.out_trade_no);
  const amountFen = fromYuan(String(body.total_amount));
  const subject = asText(body.subject);
  const payBy = deadline(body, now, DEFAULT_LIFE_MS[kind]);
  if (orderNo === null || orderNo.length > MAX_ORDER_NO || subject === null) {
    return invalidParameter('参数无效');
  }
  if (amountFen === null || amountFen < 1) return invalidParameter('订单金额不合法');
  if (payBy === null) return invalidParameter('超时时间不合法');
  // The customer's code changes with each try, and notify_url's place depends on the protocol.
  const { notify_url: _url, auth_code: _code, ...data } = body;
  return { orderNo, kind, subject, amountFen, payBy, parameters: canonicalText({ kind, ...data }) };
}

/** Why an existing order number cannot be used again, or null if the request repeats the same order. */
export function refusalToRepeat(
  { trade, parameters }: AlipayOrder,
  data: OrderData,
  mismatch: { code: string; message: string },
): AlipayResult | null {
  if (trade?.status === 'TRADE_CLOSED') return businessFailure('ACQ.TRADE_HAS_CLOSE', '交易已经关闭');
  if (trade !== null && trade.status !== 'WAIT_BUYER_PAY') {
    return businessFailure('ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
  }
  return parameters === data.parameters ? null : businessFailure(mismatch.code, mismatch.message);
}

function deadline(body: JsonObject, now: number, lifeMs: number): number | null {
  if (body.time_expire !== undefined) return fromBeijing(asText(body.time_expire) ?? '');
  const asked = duration(body.timeout_express, lifeMs);
  return asked === null ? null : now + asked;
}

/** Parses `90m`, `2h`, `1d`; null for anything else. */
export function duration(value: unknown, fallback: number): number | null {
  if (value === undefined) return fallback;
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(asText(value) ?? '') ?? [];
  const unitMs = UNITS_MS[unit ?? ''];
  return count === undefined || unitMs === undefined ? null : Number(count) * unitMs;
}
