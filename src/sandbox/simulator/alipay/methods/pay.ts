import { toBeijing } from '../../format/beijing-time.ts';
import { asText, type JsonObject } from '../../format/json-object.ts';
import { toYuan } from '../../format/yuan.ts';
import { beginAlipayPayment, finishAlipayPayment } from '../customer.ts';
import type { AlipayOrder } from '../orders.ts';
import {
  type AlipayResult,
  businessFailure,
  done,
  inProcess,
  invalidParameter,
} from '../protocol/results.ts';
import type { World } from '../world.ts';
import { unpaidTrade } from './trade-now.ts';

/** 16 to 24 digits, starting with 25 to 30 (Alipay face-to-face pages). */
const AUTH_CODE = /^(2[5-9]|30)\d{14,22}$/;

/**
 * `alipay.trade.pay` with a scanned customer (付款码): paid at once, or WAIT_BUYER_PAY while the customer types
 * the password. An unpaid trade can be tried again with a new code.
 */
export function payTrade(world: World, body: JsonObject, notifyUrl: string | null): AlipayResult {
  if (body.scene !== 'bar_code') return invalidParameter('支付场景不合法');
  const code = asText(body.auth_code) ?? '';
  if (!AUTH_CODE.test(code)) {
    return businessFailure('ACQ.PAYMENT_AUTH_CODE_INVALID', '支付失败，请顾客刷新付款码后重新收款');
  }
  const { entry, refusal } = unpaidTrade(world, 'pay', body, { code, notifyUrl });
  if (refusal !== null) return refusal;
  if (entry.current.trade?.paying !== true) beginAlipayPayment(world, entry);
  if (world.settings.codePayAsksPassword) return inProcess(payFields(entry.current));
  finishAlipayPayment(world, entry, true);
  return done(payFields(entry.current));
}

/** `gmt_payment` is only in the answer of a paid trade. */
function payFields({ orderNo, amountFen, trade }: AlipayOrder): JsonObject {
  const amount = toYuan(amountFen);
  const paidAt = trade?.paidAt ?? null;
  return {
    buyer_logon_id: 'sim***@example.com',
    buyer_pay_amount: paidAt === null ? '0.00' : amount,
    buyer_user_id: '2088000000009999',
    invoice_amount: paidAt === null ? '0.00' : amount,
    out_trade_no: orderNo,
    point_amount: '0.00',
    receipt_amount: paidAt === null ? '0.00' : amount,
    total_amount: amount,
    trade_no: trade?.tradeNo,
    ...(paidAt === null
      ? {}
      : { gmt_payment: toBeijing(paidAt), fund_bill_list: [{ amount, fund_channel: 'ALIPAYACCOUNT' }] }),
  };
}
