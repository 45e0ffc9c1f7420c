import { z } from 'zod';
import { fromBeijing } from '../../../adapter/beijing-time.ts';
import {
  lookUp,
  type Refusal,
  type Reply,
  readRefusal,
  refused,
  shortText,
  unknown,
} from '../../../adapter/reply.ts';
import type { ChannelOrder, CloseResult, CreateResult, QueryResult } from '../../../channel.ts';
import { yuanToFen } from '../yuan.ts';
import { closeRefusals, createRefusals, queryRefusals, tradeStatuses } from './codes.ts';

const numberSchema = z.object({ out_trade_no: z.string() });
const createdSchema = numberSchema.extend({
  qr_code: z.string().min(1).optional(),
  trade_no: z.string().min(1).optional(),
});
/** Fields that appear only after the payment are optional. */
const tradeSchema = numberSchema.extend({
  trade_no: z.string().min(1).max(64),
  trade_status: z.string(),
  total_amount: z.string(),
  send_pay_date: z.string().optional(),
  fund_bill_list: z.array(z.unknown()).optional(),
  refund_fee: z.string().optional(),
});

type Trade = z.output<typeof tradeSchema>;
type Asked = Pick<ChannelOrder, 'orderNo'>;

/** Reads a reply to `create`; `payBody` is the answer's `field`. */
export function readCreate({ orderNo }: Asked, field: 'qr_code' | 'trade_no', reply: Reply): CreateResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') {
    const answer = answerOf(reply);
    const { kind, ...read } = readRefusal(createRefusals, reply);
    return kind === 'refused' ? refused(answer, reply) : { ...read, kind, answer };
  }
  const { status, data } = reply;
  const created = createdSchema.safeParse(data);
  const payBody = created.data?.[field];
  if (status !== 200 || payBody === undefined) return unknown(status, `without ${field}`);
  if (created.data?.out_trade_no !== orderNo) return unknown(status, 'about another order');
  return { kind: 'created', answer: String(status), payBody };
}

/** Reads a reply to `query`. */
export function readQuery({ orderNo }: Asked, reply: Reply): QueryResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') return { ...readRefusal(queryRefusals, reply), answer: answerOf(reply) };
  const { status, data } = reply;
  const parsed = tradeSchema.safeParse(data);
  if (status !== 200 || !parsed.success) return unknown(status, 'incomplete answer');

  const trade = parsed.data;
  const answer = shortText(status, trade.trade_status);
  if (trade.out_trade_no !== orderNo) return { kind: 'mismatch', answer };
  const kind = lookUp(tradeStatuses, trade.trade_status) ?? 'unknown';
  switch (kind) {
    case 'paid':
      return withPayment(kind, answer, trade);
    case 'closed':
      return wasPaid(trade) ? withPayment('refunded', answer, trade) : { kind, answer };
    default:
      return { kind, answer };
  }
}

/** Reads a reply to `close`. */
export function readClose({ orderNo }: Asked, reply: Reply): CloseResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') return { ...readRefusal(closeRefusals, reply), answer: answerOf(reply) };
  const { status, data } = reply;
  const closed = numberSchema.safeParse(data);
  if (status !== 200 || !closed.success) return unknown(status, 'incomplete answer');
  if (closed.data.out_trade_no !== orderNo) return unknown(status, 'about another order');
  return { kind: 'accepted', answer: String(status) };
}

/** A full refund closes the trade too; its payment fields remain. */
function wasPaid({ send_pay_date, fund_bill_list = [], refund_fee }: Trade): boolean {
  const refundedFen = refund_fee === undefined ? 0 : yuanToFen(refund_fee);
  return send_pay_date !== undefined || fund_bill_list.length > 0 || refundedFen !== 0;
}

function withPayment(kind: 'paid' | 'refunded', answer: string, trade: Trade): QueryResult {
  const amountFen = yuanToFen(trade.total_amount);
  const paidAt = fromBeijing(trade.send_pay_date ?? '');
  if (amountFen === null || paidAt === null) return unknown(answer, 'incomplete answer');
  const payment = { orderNo: trade.out_trade_no, channelTradeNo: trade.trade_no, amountFen, paidAt };
  return { kind, answer, payment };
}

/** Omits the message if Alipay repeats the request in it, as it does to explain an invalid signature. */
export function answerOf({ status, code, message }: Refusal): string {
  return code.startsWith('ACQ.') ? shortText(status, code, message) : shortText(status, code);
}
