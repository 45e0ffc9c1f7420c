import { toBeijing } from '../format/beijing-time.ts';
import { encode, formOf } from '../format/charset.ts';
import { toYuan } from '../format/yuan.ts';
import type { Message } from '../notify/notifier.ts';
import type { AlipayOrder, AlipayTrade } from './orders.ts';
import { notificationText, signText } from './protocol/signing.ts';
import { nowMs, type World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3600_000;

/** Delays between attempts, about 25 hours in all (Alipay notification page). */
export const ALIPAY_RETRY_MS: readonly number[] = [
  4 * MINUTE_MS,
  10 * MINUTE_MS,
  10 * MINUTE_MS,
  1 * HOUR_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  15 * HOUR_MS,
];

/**
 * A form with an RSA2 signature; only the body `success` stops the retries. For a scanned code
 * Alipay notifies TRADE_SUCCESS, and TRADE_CLOSED only to merchants who have enabled it.
 */
export function tradeMessage(world: World, order: AlipayOrder, trade: AlipayTrade, url: string): Message {
  const { appId, sellerId, platform } = world.keys.alipay;
  const now = nowMs(world);
  const id = `${toBeijing(now).slice(0, 10).replaceAll('-', '')}00222${String(world.nextId()).padStart(21, '0')}`;
  const amount = toYuan(order.amountFen);
  const charset = world.settings.alipayNotifyCharset;
  const params: Record<string, string> = {
    app_id: appId,
    buyer_id: '2088000000009999',
    charset: charset === 'gbk' ? 'GBK' : charset,
    gmt_create: toBeijing(trade.createdAt),
    ...(trade.paidAt === null
      ? { gmt_close: toBeijing(now) }
      : { gmt_payment: toBeijing(trade.paidAt), buyer_pay_amount: amount, receipt_amount: amount }),
    notify_id: id,
    notify_time: toBeijing(now),
    notify_type: 'trade_status_sync',
    out_trade_no: order.orderNo,
    seller_id: sellerId,
    subject: order.subject,
    total_amount: amount,
    trade_no: trade.tradeNo,
    trade_status: trade.status,
    version: '1.0',
  };
  return {
    id,
    channel: 'ali_pay',
    orderNo: order.orderNo,
    url,
    retryAfterMs: ALIPAY_RETRY_MS,
    accepted: (_status, body) => body.trim() === 'success',
    compose(fault) {
      const honest = fault !== 'badSignature' && fault !== 'signtest';
      const key = honest ? platform.privateKey : world.keys.stranger.privateKey;
      const sign = signText(encode(notificationText(params), charset), key);
      const sent = fault === 'tamper' ? { ...params, total_amount: '0.01' } : params;
      return {
        headers: { 'Content-Type': `application/x-www-form-urlencoded; charset=${charset}` },
        body: Buffer.from(formOf({ ...sent, sign_type: 'RSA2', sign }, charset)),
      };
    },
  };
}
