import { asText, type JsonObject } from '../../format/json-object.ts';
import type { Operation } from '../../gateway/operations.ts';
import type { Staleness } from '../../gateway/versioned.ts';
import type { LinkKind } from '../kinds.ts';
import { createTrade } from '../methods/create.ts';
import { openLink } from '../methods/links.ts';
import { payTrade } from '../methods/pay.ts';
import { precreate } from '../methods/precreate.ts';
import { queryTradeRefund, refundTrade } from '../methods/refunds.ts';
import { cancelTrade, closeTrade, queryTrade } from '../methods/trades.ts';
import { orderNoOfTrade } from '../orders.ts';
import type { World } from '../world.ts';
import { type AlipayResult, invalidParameter } from './results.ts';

export interface MethodCall {
  /** The method's parameters: `biz_content`, or the body in REST v3. */
  body: JsonObject;
  notifyUrl: string | null;
  staleness: Staleness | null;
}

export interface Method {
  operation: Operation;
  /** Called by a customer's browser or app, over gateway.do only; the answer is a page. */
  forCustomers?: true;
  perform(world: World, orderNo: string, call: MethodCall): AlipayResult;
}

function link(kind: LinkKind): Method {
  return {
    operation: 'open',
    forCustomers: true,
    perform: (world, _orderNo, { body, notifyUrl }) => openLink(world, kind, body, notifyUrl),
  };
}

/** The methods of both protocols, by gateway.do's name. */
const methods: Record<string, Method> = {
  'alipay.trade.precreate': {
    operation: 'create',
    perform: (world, _orderNo, { body, notifyUrl }) => precreate(world, body, notifyUrl),
  },
  'alipay.trade.pay': {
    operation: 'create',
    perform: (world, _orderNo, { body, notifyUrl }) => payTrade(world, body, notifyUrl),
  },
  'alipay.trade.create': {
    operation: 'create',
    perform: (world, _orderNo, { body, notifyUrl }) => createTrade(world, body, notifyUrl),
  },
  'alipay.trade.wap.pay': link('wap'),
  'alipay.trade.app.pay': link('app'),
  'alipay.trade.page.pay': link('page'),
  'alipay.trade.query': {
    operation: 'query',
    perform: (world, orderNo, { staleness }) => queryTrade(world, orderNo, staleness),
  },
  'alipay.trade.close': { operation: 'close', perform: closeTrade },
  'alipay.trade.cancel': { operation: 'cancel', perform: cancelTrade },
  'alipay.trade.refund': {
    operation: 'refund',
    perform: (world, orderNo, { body }) => refundTrade(world, orderNo, body),
  },
  'alipay.trade.fastpay.refund.query': {
    operation: 'refund_query',
    perform: (world, orderNo, { body }) => queryTradeRefund(world, orderNo, body),
  },
};

export function findMethod(name: string): Method | null {
  return Object.hasOwn(methods, name) ? (methods[name] ?? null) : null;
}

/** The order of a call; the channel's number takes precedence over the merchant's (Alipay query page). */
export function orderNoOf(world: World, body: JsonObject): string | null {
  const tradeNo = asText(body.trade_no);
  const byTrade = tradeNo === null ? null : orderNoOfTrade(world.alipay, tradeNo);
  return byTrade ?? asText(body.out_trade_no);
}

export function performMethod(world: World, method: Method, call: MethodCall): AlipayResult {
  const orderNo = orderNoOf(world, call.body);
  return orderNo === null
    ? invalidParameter('out_trade_no和trade_no不能同时为空')
    : method.perform(world, orderNo, call);
}
