import { z } from 'zod';
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
import type { WechatConfig } from '../config.ts';
import { closeRefusals, createRefusals, queryRefusals, tradeStates } from './codes.ts';
import {
  isInCny,
  isOurs,
  paymentOf,
  showsPayment,
  type Transaction,
  transactionSchema,
} from './transaction.ts';

const createdSchema = z.object({
  code_url: z.string().min(1).optional(),
  prepay_id: z.string().min(1).optional(),
  h5_url: z.string().min(1).optional(),
});
const codeSchema = z.object({ code: z.string() });

/** Reads a reply to `create`; `payBody` is the answer's `field`. */
export function readCreate(field: 'code_url' | 'prepay_id' | 'h5_url', reply: Reply): CreateResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') {
    const answer = answerOf(reply);
    const { kind, ...read } = readRefusal(createRefusals, reply);
    return kind === 'refused' ? refused(answer, reply) : { ...read, kind, answer };
  }
  const { status, data } = reply;
  const payBody = createdSchema.safeParse(data).data?.[field];
  if (status !== 200 || payBody === undefined) return unknown(status, `without ${field}`);
  return { kind: 'created', answer: String(status), payBody };
}

/** Reads a reply to `query`. */
export function readQuery(
  merchant: Pick<WechatConfig, 'mchId' | 'appId'>,
  { orderNo }: Pick<ChannelOrder, 'orderNo'>,
  reply: Reply,
): QueryResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') return { ...readNotFound(queryRefusals, reply), answer: answerOf(reply) };
  const { status, data } = reply;
  const parsed = transactionSchema.safeParse(data);
  if (status !== 200 || !parsed.success) return unknown(status, 'incomplete answer');

  const transaction = parsed.data;
  const answer = shortText(status, transaction.trade_state);
  if (!isOurs(transaction, merchant) || !isInCny(transaction) || transaction.out_trade_no !== orderNo)
    return { kind: 'mismatch', answer };
  const kind = lookUp(tradeStates, transaction.trade_state) ?? 'unknown';
  switch (kind) {
    case 'paid':
    case 'refunded':
      return withPayment(kind, answer, transaction);
    case 'closed':
      // A paid order was not closed unpaid, whatever the state says.
      return showsPayment(transaction) ? withPayment('refunded', answer, transaction) : { kind, answer };
    case 'unpaid':
      return showsPayment(transaction) ? unknown(answer, 'and yet with a payment') : { kind, answer };
    default:
      return { kind, answer };
  }
}

/** Reads a reply to `close`. 204 is also the answer for a number that does not exist. */
export function readClose(reply: Reply): CloseResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') return { ...readNotFound(closeRefusals, reply), answer: answerOf(reply) };
  const { status, data } = reply;
  if (status === 204) return { kind: 'accepted', answer: String(status) };
  const refusal = refusalIn(status, data);
  return { ...readNotFound(closeRefusals, refusal), answer: answerOf(refusal) };
}

/** A verified answer with a code in it is a refusal: USER_PAYING comes with 202. */
export function refusalIn(status: number, data: unknown): Refusal {
  const said = codeSchema.safeParse(data);
  return { kind: 'refusal', status, code: said.success ? said.data.code : '', message: '' };
}

function withPayment(kind: 'paid' | 'refunded', answer: string, transaction: Transaction): QueryResult {
  const payment = paymentOf(transaction);
  return payment === null ? unknown(answer, 'incomplete answer') : { kind, answer, payment };
}

/** Accepts "no such order" only if code and status agree: a 404 alone may come from a wrong path or a proxy. */
export function readNotFound<Kind extends string>(table: Readonly<Record<string, Kind>>, refusal: Refusal) {
  const read = readRefusal(table, refusal);
  const contradictsStatus = read.kind === 'not_found' && refusal.status !== 404;
  return contradictsStatus ? ({ kind: 'unknown', answered: true } as const) : read;
}

export function answerOf({ status, code, message }: Refusal): string {
  return shortText(status, code, message);
}
