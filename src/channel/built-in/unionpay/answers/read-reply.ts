import { z } from 'zod';
import {
  lookUp,
  type Reply,
  readCode,
  readRefusal,
  refused,
  shortText,
  unknown,
} from '../../../adapter/reply.ts';
import type { CreateResult, Failure, QueryResult, RefundResult } from '../../../channel.ts';
import {
  consumeOutcomes,
  createCodes,
  giveBackCodes,
  type Outcome,
  outcomes,
  queryCodes,
  refundOutcomes,
} from './codes.ts';
import { paymentOf } from './transaction.ts';

/** Identifies our transaction: UnionPay needs all three fields, and repeats them in its answers. */
export interface Asked {
  merId: string;
  orderId: string;
  txnTime: string;
}

const answerSchema = z.object({
  respCode: z.string().min(1),
  respMsg: z.string().catch(''),
  merId: z.string().optional(),
  orderId: z.string().optional(),
  txnTime: z.string().optional(),
  origRespCode: z.string().min(1).optional(),
  qrCode: z.string().min(1).optional(),
});

type Answer = z.output<typeof answerSchema>;
/** The answer about the requested transaction, or why there is none. */
type Read = { said: Answer; answer: string } | { none: Failure };

function readAnswer(reply: Reply): Read {
  if (reply.kind === 'lost') return { none: { kind: 'unknown', answer: shortText(reply.why) } };
  if (reply.kind === 'refusal')
    return { none: { ...readRefusal<never>({}, reply), answer: String(reply.status) } };
  const parsed = answerSchema.safeParse(reply.data);
  if (!parsed.success) return { none: { kind: 'unknown', answer: `${reply.status} incomplete answer` } };
  const { respCode, respMsg, origRespCode = '' } = parsed.data;
  const orig = origRespCode === '' ? '' : `orig ${origRespCode}`;
  return { said: parsed.data, answer: shortText(respCode, orig, respMsg) };
}

/** Reads a reply to `create`. */
export function readCreate(asked: Asked, reply: Reply): CreateResult {
  const read = readAnswer(reply);
  if ('none' in read) return read.none;
  const { said, answer } = read;
  const { kind, ...rest } = readCode(createCodes, said.respCode);
  if (kind === 'refused') {
    return refused(answer, { kind: 'refusal', status: 200, code: said.respCode, message: said.respMsg });
  }
  if (kind !== 'created') return { ...rest, kind, answer };
  if (!isAbout(asked, said)) return unknown(answer, 'about another order');
  return said.qrCode === undefined
    ? unknown(answer, 'without qrCode')
    : { kind, answer, payBody: said.qrCode };
}

/**
 * Reads a reply to `query`. `isOver`: the query was sent after the order's `payTimeout` and the margin, when "not
 * paid" is final; before that it may be an intermediate state.
 */
export function readQuery(asked: Asked, isOver: boolean, reply: Reply): QueryResult {
  const found = readFound(asked, reply);
  if (found.kind === 'another') return { kind: 'mismatch', answer: found.answer };
  if (found.kind !== 'found') return found;
  const { outcome, answer } = found;
  if (outcome === 'failed') return { kind: isOver ? 'closed' : 'unpaid', answer };
  const kind = consumeOutcomes[outcome];
  if (kind !== 'paid') return { kind, answer };
  const payment = paymentOf(reply.kind === 'verified' ? reply.data : null);
  return payment === null ? unknown(answer, 'incomplete payment') : { kind, answer, payment };
}

/** Reads a query about a void or a refund. */
export function readRefundQuery(asked: Asked, reply: Reply): RefundResult {
  const found = readFound(asked, reply);
  if (found.kind === 'another') return unknown(found.answer, 'about another refund');
  return found.kind === 'found' ? { kind: refundOutcomes[found.outcome], answer: found.answer } : found;
}

/** Reads a reply to a void or a refund. `accepted` and `repeated` only mean that a query returns the result. */
export function readGiveBack(
  asked: Asked,
  reply: Reply,
): RefundResult | { kind: 'accepted'; answer: string } | { kind: 'repeated'; answer: string } {
  const read = readAnswer(reply);
  if ('none' in read) return read.none;
  const { said, answer } = read;
  const code = readCode(giveBackCodes, said.respCode);
  if (code.kind === 'accepted' && !isAbout(asked, said)) return unknown(answer, 'about another refund');
  return { ...code, answer };
}

type Found =
  | { kind: 'found'; outcome: Outcome; answer: string }
  /** Verified, but about another transaction. */
  | { kind: 'another'; answer: string }
  | Extract<RefundResult, { kind: 'not_found' | 'unknown' | 'rate_limited' | 'misconfigured' }>;

function readFound(asked: Asked, reply: Reply): Found {
  const read = readAnswer(reply);
  if ('none' in read) return read.none;
  const { said, answer } = read;
  const { kind, ...rest } = readCode(queryCodes, said.respCode);
  if (kind !== 'found' && kind !== 'not_found') return { ...rest, kind, answer };
  if (!isAbout(asked, said)) return { kind: 'another', answer };
  if (kind === 'not_found') return { kind, answer };
  if (said.origRespCode === undefined) return unknown(answer, 'without origRespCode');
  return { kind, outcome: lookUp(outcomes, said.origRespCode) ?? 'failed', answer };
}

function isAbout({ merId, orderId, txnTime }: Asked, said: Answer): boolean {
  return said.merId === merId && said.orderId === orderId && said.txnTime === txnTime;
}
