import { z } from 'zod';
import { fromRfc3339 } from '../../../adapter/beijing-time.ts';
import type { ChannelPayment } from '../../../channel.ts';
import type { WechatConfig } from '../config.ts';

/**
 * An order as WeChat Pay shows it, in query answers and in notifications alike (query page). What is there only
 * once somebody has paid is optional.
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

/** What has moved money states it, as the pages say, and a direct merchant of the mainland has no other. */
export const CNY = 'CNY';

/** This merchant's and this application's. */
export function isOurs(
  { mchid, appid }: Transaction,
  { mchId, appId }: Pick<WechatConfig, 'mchId' | 'appId'>,
): boolean {
  return mchid === mchId && appid === appId;
}

/** False only where a currency is stated and is another: what has not been paid states none. */
export function isInCny({ amount }: Transaction): boolean {
  return amount?.currency === undefined || amount.currency === CNY;
}

/** Somebody has paid, whatever the state says: these fields are there only then (query page). */
export function showsPayment({ transaction_id, success_time }: Transaction): boolean {
  return transaction_id !== undefined || success_time !== undefined;
}

/** The payment, or null if something that every payment has is missing: its currency too. */
export function paymentOf(transaction: Transaction): ChannelPayment | null {
  const { out_trade_no: orderNo, transaction_id: channelTradeNo, amount } = transaction;
  const paidAt = fromRfc3339(transaction.success_time ?? '');
  if (channelTradeNo === undefined || amount?.total === undefined || paidAt === null) return null;
  return amount.currency === CNY ? { orderNo, channelTradeNo, amountFen: amount.total, paidAt } : null;
}
