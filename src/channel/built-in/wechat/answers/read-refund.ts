import { z } from 'zod';
import { lookUp, type Reply, shortText, unknown } from '../../../adapter/reply.ts';
import type { RefundResult } from '../../../channel.ts';
import { refundQueryRefusals, refundRefusals, refundStates } from './codes.ts';
import { answerOf, readNotFound } from './read-reply.ts';
import { CNY } from './transaction.ts';

/** Identifies a refund by our numbers. `amountFen` null: not compared. */
interface Asked {
  orderNo: string;
  refundNo: string;
  amountFen: number | null;
}

const refundSchema = z.object({
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  status: z.string(),
  amount: z.object({ refund: z.int(), currency: z.string().optional() }),
});

/** Reads a reply to `refund`. */
export function readRefund(asked: Asked, reply: Reply): RefundResult {
  return readState(refundRefusals, asked, reply);
}

/** Reads a reply to `queryRefund`. */
export function readRefundQuery(asked: Omit<Asked, 'amountFen'>, reply: Reply): RefundResult {
  return readState(refundQueryRefusals, { ...asked, amountFen: null }, reply);
}

function readState(
  refusals: Readonly<Record<string, RefundResult['kind']>>,
  { orderNo, refundNo, amountFen }: Asked,
  reply: Reply,
): RefundResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') return { ...readNotFound(refusals, reply), answer: answerOf(reply) };
  const { status, data } = reply;
  const parsed = refundSchema.safeParse(data);
  if (status !== 200 || !parsed.success) return unknown(status, 'incomplete answer');

  const { out_trade_no, out_refund_no, status: state, amount } = parsed.data;
  const answer = shortText(status, state);
  const asAsked = out_trade_no === orderNo && out_refund_no === refundNo;
  const sameAmount = amount.refund === (amountFen ?? amount.refund) && amount.currency === CNY;
  if (!asAsked || !sameAmount) return unknown(answer, 'about another refund');
  return { kind: lookUp(refundStates, state) ?? 'unknown', answer };
}
