import type { Answer } from './call.ts';
import type { Lie } from './faults.ts';
import { asObject, type JsonObject, parseJsonObject } from './format/json-object.ts';
import type { ChannelName } from './operations.ts';

/** Any moment in the simulated days will do. */
const PAID_AT = '2027-03-01T16:00:00+08:00';

/**
 * The answer to a query with another state, complete in form, so that only its signature speaks against it. An answer
 * that shows no order stays as it is.
 */
export function tellLie(channel: ChannelName, answer: Answer, lie: Lie): Answer {
  const body = parseJsonObject(answer.body);
  const claims = body === null ? null : claimsOf[channel](body, lie);
  return claims === null ? answer : { ...answer, body: JSON.stringify({ ...body, ...claims }) };
}

const claimsOf: Record<ChannelName, (body: JsonObject, lie: Lie) => JsonObject | null> = {
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
