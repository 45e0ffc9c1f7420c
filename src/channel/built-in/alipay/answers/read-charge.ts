import { z } from 'zod';
import { fromBeijing } from '../../../adapter/beijing-time.ts';
import { type Reply, readRefusal, refused, unknown } from '../../../adapter/reply.ts';
import type { ChannelOrder, ChargeResult } from '../../../channel.ts';
import { yuanToFen } from '../yuan.ts';
import { chargeRefusals } from './codes.ts';
import { answerOf } from './read-reply.ts';

/** `gmt_payment` appears only after the payment. */
const chargedSchema = z.object({
  out_trade_no: z.string(),
  trade_no: z.string().min(1).max(64).optional(),
  total_amount: z.string().optional(),
  gmt_payment: z.string().optional(),
});

/**
 * Reads a reply to `pay`. A verified answer about this order without a payment means that the customer must confirm
 * it first.
 */
export function readCharge({ orderNo }: Pick<ChannelOrder, 'orderNo'>, reply: Reply): ChargeResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') {
    const answer = answerOf(reply);
    const { kind, ...read } = readRefusal(chargeRefusals, reply);
    return kind === 'refused' ? refused(answer, reply) : { ...read, kind, answer };
  }
  const { status, data } = reply;
  const charged = chargedSchema.safeParse(data);
  if (!charged.success) return unknown(status, 'incomplete answer');
  const { out_trade_no, trade_no: channelTradeNo, total_amount, gmt_payment } = charged.data;
  if (out_trade_no !== orderNo) return unknown(status, 'about another order');
  if (gmt_payment === undefined) return { kind: 'user_paying', answer: String(status) };

  const amountFen = yuanToFen(total_amount ?? '');
  const paidAt = fromBeijing(gmt_payment);
  if (status !== 200 || channelTradeNo === undefined || amountFen === null || paidAt === null) {
    return unknown(status, 'incomplete payment');
  }
  return { kind: 'paid', answer: String(status), payment: { orderNo, channelTradeNo, amountFen, paidAt } };
}
