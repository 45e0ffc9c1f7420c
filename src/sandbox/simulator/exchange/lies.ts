import { asObject, type JsonObject, parseJsonObject } from '../format/json-object.ts';
import type { Answer, Call } from '../gateway/call.ts';
import type { ChannelName } from '../gateway/operations.ts';
import type { Lie } from './faults.ts';

/** Any moment in the simulated days will do. */
const PAID_AT = '2027-03-01T16:00:00+08:00';

/** How each channel says that it does not know an order. */
const unknownOrder = {
  wechat_pay: 'ORDER_NOT_EXIST',
  ali_pay: 'ACQ.TRADE_NOT_EXIST',
  union_pay: '34',
} as const satisfies Record<ChannelName, string>;

/**
 * The answer to a query with another state, complete in form, so that only its signature speaks against it; or as if there
 * were no such order, which WeChat Pay and Alipay's v3 never sign. An answer that shows no order stays as it is.
 */
export function tellLie(
  { channel, script }: Pick<Call, 'channel' | 'script'>,
  answer: Answer,
  lie: Lie,
): Answer {
  if (lie === 'not_found') return script({ kind: 'error', code: unknownOrder[channel], status: 404 });
  const body = parseJsonObject(answer.body);
  const claims = body === null ? null : claimsOf[channel](body, lie);
  return claims === null ? answer : { ...answer, body: JSON.stringify({ ...body, ...claims }) };
}

const claimsOf: Record<ChannelName, (body: JsonObject, lie: 'paid' | 'closed') => JsonObject | null> = {
  wechat_pay(body, lie) {
    if (body.trade_state === undefined) return null;
    if (lie === 'closed') return { trade_state: 'CLOSED', trade_state_desc: '订单已关闭' };
    const { total, currency = 'CNY' } = asObject(body.amount) ?? {};
    return {
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      transaction_id: '4200000000202703010000000000',
      success_time: PAID_AT,
      amount: { total, payer_total: total, currency, payer_currency: currency },
    };
  },
  ali_pay(body, lie) {
    if (body.trade_status === undefined) return null;
    return lie === 'closed'
      ? { trade_status: 'TRADE_CLOSED' }
      : { trade_status: 'TRADE_SUCCESS', send_pay_date: '2027-03-01 16:00:00' };
  },
  union_pay(body, lie) {
    if (body.origRespCode === undefined) return null;
    return lie === 'closed'
      ? { origRespCode: '34' }
      : { origRespCode: '00', queryId: '202703011600000000000', settleAmt: body.txnAmt };
  },
};
