import { z } from 'zod';
import { lookUp, type Reply, readRefusal, shortText, unknown } from '../../../adapter/reply.ts';
import type { CancelResult, RefundResult } from '../../../channel.ts';
import { cancelActions, cancelRefusals, refundQueryRefusals, refundRefusals } from './codes.ts';
import { answerOf } from './read-reply.ts';

const cancelledSchema = z.object({
  out_trade_no: z.string(),
  retry_flag: z.string().optional(),
  action: z.string().optional(),
});
const refundedSchema = z.object({ out_trade_no: z.string(), fund_change: z.string().optional() });
const refundSchema = z.object({
  out_trade_no: z.string(),
  out_request_no: z.string().optional(),
  refund_status: z.string().optional(),
});

interface Asked {
  orderNo: string;
}

/** Reads a reply to `cancel`. Without an action nothing was done, and the code can still be paid. */
export function readCancel({ orderNo }: Asked, reply: Reply): CancelResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') return { ...readRefusal(cancelRefusals, reply), answer: answerOf(reply) };
  const { status, data } = reply;
  const parsed = cancelledSchema.safeParse(data);
  if (status !== 200 || !parsed.success) return unknown(status, 'incomplete answer');
  const { out_trade_no, retry_flag, action } = parsed.data;
  if (out_trade_no !== orderNo) return unknown(status, 'about another order');
  if (retry_flag === 'Y') return { kind: 'again', answer: shortText(status, 'retry_flag=Y') };
  if (action === undefined) return { kind: 'not_found', answer: shortText(status, 'no action') };
  return { kind: lookUp(cancelActions, action) ?? 'unknown', answer: shortText(status, action) };
}

/** Reads a reply to `refund`. Only `fund_change=Y` shows that money moved; status 200 alone does not. */
export function readRefund({ orderNo }: Asked, reply: Reply): RefundResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') return { ...readRefusal(refundRefusals, reply), answer: answerOf(reply) };
  const { status, data } = reply;
  const parsed = refundedSchema.safeParse(data);
  if (status !== 200 || !parsed.success) return unknown(status, 'incomplete answer');
  if (parsed.data.out_trade_no !== orderNo) return unknown(status, 'about another order');
  const { fund_change = 'absent' } = parsed.data;
  return {
    kind: fund_change === 'Y' ? 'refunded' : 'processing',
    answer: shortText(status, `fund_change=${fund_change}`),
  };
}

/**
 * Reads a reply to `queryRefund`. Without a status the refund was never received, failed, or is not finished (refund
 * query page). All three are `not_found`, because the right reaction is the same: repeat the request with the same
 * number, which refunds once.
 */
export function readRefundQuery(
  { orderNo, refundNo }: Asked & { refundNo: string },
  reply: Reply,
): RefundResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') {
    return { ...readRefusal(refundQueryRefusals, reply), answer: answerOf(reply) };
  }
  const { status, data } = reply;
  const parsed = refundSchema.safeParse(data);
  if (status !== 200 || !parsed.success) return unknown(status, 'incomplete answer');
  const { out_trade_no, out_request_no, refund_status } = parsed.data;
  if (out_trade_no !== orderNo || (out_request_no ?? refundNo) !== refundNo) {
    return unknown(status, 'about another refund');
  }
  const answer = shortText(status, refund_status ?? 'no refund_status');
  if (refund_status === undefined) return { kind: 'not_found', answer };
  return { kind: refund_status === 'REFUND_SUCCESS' ? 'refunded' : 'unknown', answer };
}
