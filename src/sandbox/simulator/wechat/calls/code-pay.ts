import { asObject, asText, canonicalText, type JsonObject } from '../../format/json-object.ts';
import type { Answer } from '../../gateway/call.ts';
import { type Versioned, versioned } from '../../gateway/versioned.ts';
import { finishWechatPayment } from '../customer.ts';
import { findWechatOrder, isPaid, type WechatOrder } from '../orders.ts';
import { nowMs, type World } from '../world.ts';
import { accepted, parameterError, refusal, success, transaction } from './answers.ts';
import { misfit } from './misfit.ts';

/** 18 digits, starting with 10 to 15 (WeChat Pay code payment pages). */
const AUTH_CODE = /^1[0-5]\d{16}$/;

/**
 * `POST /v3/pay/transactions/codepay` (付款码): the creation is the payment. 200 with the transaction when it
 * is paid at once; while the customer must type the password, 202 with trade_state USERPAYING (a merchant's
 * report, WxJava issue 4050; the official pages show only the 200).
 */
export function chargeCode(world: World, body: JsonObject): Answer {
  const now = nowMs(world);
  const fault = misfit(world, body) ?? codeFault(body);
  if (fault !== null) return fault;
  const orderNo = String(body.out_trade_no);
  const parameters = canonicalText({ kind: 'codepay', ...body });
  const known = findWechatOrder(world.wechat, orderNo, now);
  if (known !== null) return repeated(world, known.current, parameters);
  const revokesAt = now + world.settings.codePayRevokesAfterMs;
  const entry: Versioned<WechatOrder> = versioned({
    orderNo,
    kind: 'codepay',
    parameters,
    description: String(body.description),
    attach: asText(body.attach),
    amountFen: Number(asObject(body.amount)?.total),
    notifyUrl: null,
    createdAt: now,
    expiresAt: revokesAt,
    revokesAt,
    code: String(asObject(body.payer)?.auth_code),
    codeMadeAt: now,
    state: 'USERPAYING',
    cashier: 'shut',
    openId: null,
    transactionId: null,
    paidAt: null,
    refundedFen: 0,
  });
  world.wechat.orders.set(orderNo, entry);
  if (world.settings.codePayAsksPassword) return userPaying(world, entry.current);
  finishWechatPayment(world, entry, true);
  return success(transaction(entry.current, world.keys.wechat));
}

/** A number that was charged is never charged again. The codes for this are not documented. */
function repeated(world: World, order: WechatOrder, parameters: string): Answer {
  if (isPaid(order)) return refusal(400, 'ORDERPAID', '该订单已支付');
  if (order.state === 'REVOKED') return refusal(400, 'ORDER_REVERSED', '该订单已撤销');
  if (order.state === 'CLOSED') return refusal(400, 'ORDER_CLOSED', '该订单已关闭，请重新下单');
  return order.state === 'USERPAYING' && order.parameters === parameters
    ? userPaying(world, order)
    : refusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
}

function userPaying(world: World, order: WechatOrder): Answer {
  return world.settings.codePayPasswordAnswer === 'transaction'
    ? accepted(transaction(order, world.keys.wechat))
    : refusal(202, 'USERPAYING', '用户支付中，需要输入密码');
}

function codeFault(body: JsonObject): Answer | null {
  const store = asObject(asObject(body.scene_info)?.store_info);
  if (asText(store?.id) === null && asText(store?.out_id) === null) return parameterError('缺少门店信息');
  return AUTH_CODE.test(asText(asObject(body.payer)?.auth_code) ?? '')
    ? null
    : refusal(400, 'AUTH_CODE_INVALID', '付款码无效，请重新扫码');
}
