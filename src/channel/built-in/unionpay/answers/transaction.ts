import { z } from 'zod';
import { fromBeijingDigits } from '../../../adapter/beijing-time.ts';
import type { ChannelPayment } from '../../../channel.ts';

const CNY = '156';
/** How long before its order a payment may appear, because two of UnionPay's clocks differ. */
const CLOCK_SLACK_MS = 12 * 3_600_000;

/** A paid consume, as in query answers and notifications. */
const paidSchema = z.object({
  orderId: z.string().min(1).max(40),
  queryId: z.string().min(1).max(64),
  txnAmt: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform(Number),
  currencyCode: z.literal(CNY),
  txnTime: z.string().transform(fromBeijingDigits).pipe(z.date()),
  traceTime: z.string().optional(),
});

/**
 * The payment, or null if one of its fields is missing. `paidAt` is UnionPay's `traceTime`, which has no year: the
 * first such time after the order. If it is missing, the order's time, the only other one available: never too late,
 * so no payment is voided on a wrong day.
 */
export function paymentOf(data: unknown): ChannelPayment | null {
  const parsed = paidSchema.safeParse(data);
  if (!parsed.success) return null;
  const {
    orderId: orderNo,
    queryId: channelTradeNo,
    txnAmt: amountFen,
    txnTime,
    traceTime = '',
  } = parsed.data;
  const paidAt = tracedAt(traceTime, txnTime) ?? txnTime;
  return { orderNo, channelTradeNo, amountFen, paidAt, orderCreatedAt: txnTime };
}

function tracedAt(traceTime: string, txnTime: Date): Date | null {
  const year = new Date(txnTime.getTime() - CLOCK_SLACK_MS).getUTCFullYear();
  const moments = [year, year + 1].map((each) => fromBeijingDigits(`${each}${traceTime}`));
  return moments.find((at) => at !== null && at.getTime() >= txnTime.getTime() - CLOCK_SLACK_MS) ?? null;
}
