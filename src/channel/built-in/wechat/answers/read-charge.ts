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
import type { ChannelOrder, ChargeResult } from '../../../channel.ts';
import type { WechatConfig } from '../config.ts';
import { chargeRefusals, chargeStates } from './codes.ts';
import { answerOf, refusalIn } from './read-reply.ts';
import { isOurs, paymentOf, transactionSchema } from './transaction.ts';

/** While the customer is typing the password, only the state is present. */
const chargedSchema = z.object({ trade_state: z.string(), out_trade_no: z.string().optional() });

/** Reads a reply to a code-pay call. Paid only if all fields of a payment are present and match this order. */
export function readCharge(
  merchant: Pick<WechatConfig, 'mchId' | 'appId'>,
  { orderNo }: Pick<ChannelOrder, 'orderNo'>,
  reply: Reply,
): ChargeResult {
  if (reply.kind === 'lost') return unknown(reply.why);
  if (reply.kind === 'refusal') return readCode(reply);
  const { status, data } = reply;
  const charged = chargedSchema.safeParse(data);
  if (!charged.success) return readCode(refusalIn(status, data));

  const { trade_state: state, out_trade_no = orderNo } = charged.data;
  const answer = shortText(status, state);
  if (out_trade_no !== orderNo) return unknown(answer, 'about another order');
  const kind = lookUp(chargeStates, state) ?? 'unknown';
  switch (kind) {
    case 'paid': {
      const transaction = transactionSchema.safeParse(data);
      const ours = status === 200 && transaction.success && isOurs(transaction.data, merchant);
      const payment = ours ? paymentOf(transaction.data) : null;
      return payment === null ? unknown(answer, 'incomplete, or not ours') : { kind, answer, payment };
    }
    case 'refused':
      return { kind, answer, message: '支付失败' };
    default:
      return { kind, answer };
  }
}

function readCode(refusal: Refusal): ChargeResult {
  const answer = answerOf(refusal);
  const { kind, ...read } = readRefusal(chargeRefusals, refusal);
  return kind === 'refused' ? refused(answer, refusal) : { ...read, kind, answer };
}
