import { toRfc3339 } from '../../format/beijing-time.ts';
import type { JsonObject } from '../../format/json-object.ts';
import type { Answer } from '../../gateway/call.ts';
import { tradeTypes } from '../kinds.ts';
import type { WechatOrder } from '../orders.ts';

const STATE_TEXT: Record<WechatOrder['state'], string> = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  REFUND: '转入退款',
  CLOSED: '订单已关闭',
  USERPAYING: '用户支付中，需要输入密码',
  REVOKED: '订单已撤销',
  PAYERROR: '支付失败',
};

export function success(body: JsonObject): Answer {
  return { status: 200, code: null, body: JSON.stringify(body), signed: true };
}

/** 202: accepted, but undecided. Signed like every 2xx. */
export function accepted(body: JsonObject): Answer {
  return { ...success(body), status: 202 };
}

/** 204: an empty body, which is signed as such. */
export function noContent(): Answer {
  return { status: 204, code: null, body: '', signed: true };
}

/** Error replies carry no signature (probes of the real gateway); 2xx always do. */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, code, body: JSON.stringify({ code, message }), signed: status < 300 };
}

/** The answer of the gateway's proxy to a wrong path (404) or method (405). */
export function bare(status: 404 | 405): Answer {
  return { status, code: null, body: '', signed: false };
}

export const orderNotExist = () => refusal(404, 'ORDER_NOT_EXIST', '订单不存在');
export const parameterError = (message: string) => refusal(400, 'PARAM_ERROR', message);

/** The content of a query answer and of a payment notification (WeChat Pay order query page). */
export function transaction(order: WechatOrder, merchant: { appId: string; mchId: string }): JsonObject {
  const paid = order.paidAt === null ? null : order.paidAt;
  return {
    amount: {
      currency: 'CNY',
      payer_currency: 'CNY',
      total: order.amountFen,
      ...(paid === null ? {} : { payer_total: order.amountFen }),
    },
    appid: merchant.appId,
    attach: order.attach ?? '',
    mchid: merchant.mchId,
    out_trade_no: order.orderNo,
    promotion_detail: [],
    trade_state: order.state,
    trade_state_desc: STATE_TEXT[order.state],
    ...(paid === null
      ? {}
      : {
          bank_type: 'OTHERS',
          payer: { openid: order.openId ?? 'oSimulatedCustomer0000000001' },
          success_time: toRfc3339(paid),
          trade_type: tradeTypes[order.kind],
          transaction_id: order.transactionId,
        }),
  };
}
