import { z } from 'zod';
import { fromRfc3339 } from '../../../adapter/beijing-time.ts';
import type { ChannelPayment } from '../../../channel.ts';
import type { WechatConfig } from '../config.ts';

/**
 * An order in WeChat Pay's query answers and notifications (query page). Fields that appear only after the payment
 * are optional.
 */
export const transactionSchema = z.object({
  mchid: z.string(),
  appid: z.string(),
  out_trade_no: z.string(),
  trade_state: z.string(),
  transaction_id: z.string().min(1).max(64).optional(),
  success_time: z.string().optional(),
  amount: z.object({ total: z.int().positive().optional(), currency: z.string().optional() }).optional(),
});

export type Transaction = z.output<typeof transactionSchema>;

/** Payments and refunds state their currency, as the pages say; a mainland direct merchant has no other. */
export const CNY = 'CNY';

/** Whether it belongs to this merchant and application. */
export function isOurs(
  { mchid, appid }: Transaction,
  { mchId, appId }: Pick<WechatConfig, 'mchId' | 'appId'>,
): boolean {
  return mchid === mchId && appid === appId;
}

/** False only if another currency is stated: an unpaid order states none. */
export function isInCny({ amount }: Transaction): boolean {
  return amount?.currency === undefined || amount.currency === CNY;
}

/** True if it was paid, whatever the state says: these fields appear only after a payment (query page). */
export function showsPayment({ transaction_id, success_time }: Transaction): boolean {
  return transaction_id !== undefined || success_time !== undefined;
}

/** The payment, or null if one of its fields is missing, currency included. */
export function paymentOf(transaction: Transaction): ChannelPayment | null {
  const { out_trade_no: orderNo, transaction_id: channelTradeNo, amount } = transaction;
  const paidAt = fromRfc3339(transaction.success_time ?? '');
  if (channelTradeNo === undefined || amount?.total === undefined || paidAt === null) return null;
  return amount.currency === CNY ? { orderNo, channelTradeNo, amountFen: amount.total, paidAt } : null;
}
