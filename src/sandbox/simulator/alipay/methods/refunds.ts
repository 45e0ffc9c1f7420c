import { toBeijing } from '../../format/beijing-time.ts';
import { asText, type JsonObject } from '../../format/json-object.ts';
import { fromYuan, toYuan } from '../../format/yuan.ts';
import type { Versioned } from '../../gateway/versioned.ts';
import {
  type AlipayOrder,
  type AlipayRefund,
  type AlipayTrade,
  changeTrade,
  closed,
  findAlipayOrder,
  refundedFen,
} from '../orders.ts';
import {
  type AlipayResult,
  businessFailure,
  done,
  invalidParameter,
  tradeNotExist,
} from '../protocol/results.ts';
import { nowMs, type World } from '../world.ts';

/**
 * `alipay.trade.refund`, once per request number. `fund_change=Y` means that this call moved money; N means
 * nothing: the refund query decides (Alipay refund page).
 */
export function refundTrade(world: World, orderNo: string, body: JsonObject): AlipayResult {
  const now = nowMs(world);
  const entry = findAlipayOrder(world.alipay, orderNo, now);
  const trade = entry?.current.trade ?? null;
  const amountFen = fromYuan(String(body.refund_amount));
  const requestNo = asText(body.out_request_no) ?? orderNo;
  if (amountFen === null || amountFen < 1) return invalidParameter('退款金额不合法');
  if (entry === null || trade === null) return tradeNotExist();
  const repeated = trade.refunds.find((refund) => refund.requestNo === requestNo);
  if (repeated !== undefined) {
    return repeated.amountFen === amountFen
      ? done(refundFields(entry.current, trade, 'N'))
      : businessFailure('ACQ.DISCORDANT_REPEAT_REQUEST', '不一致的请求');
  }
  if (trade.status === 'TRADE_FINISHED') return businessFailure('ACQ.TRADE_HAS_FINISHED', '交易已完结');
  if (trade.status === 'TRADE_CLOSED') return businessFailure('ACQ.TRADE_HAS_CLOSE', '交易已关闭');
  if (trade.status === 'WAIT_BUYER_PAY') return businessFailure('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  if (refundedFen(trade) + amountFen > entry.current.amountFen) {
    return businessFailure('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
  }
  if (world.settings.balanceNotEnough) {
    return businessFailure('ACQ.SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足');
  }
  const after = addRefund(world, entry, requestNo, amountFen);
  return done(refundFields(entry.current, after ?? trade, world.settings.alipayFundChange));
}

/** `alipay.trade.fastpay.refund.query`: REFUND_SUCCESS when the money has moved, else no status. */
export function queryTradeRefund(world: World, orderNo: string, body: JsonObject): AlipayResult {
  const now = nowMs(world);
  const order = findAlipayOrder(world.alipay, orderNo, now)?.current;
  const trade = order?.trade ?? null;
  if (order === undefined || trade === null) return tradeNotExist();
  const requestNo = asText(body.out_request_no) ?? orderNo;
  const refund = trade.refunds.find((one) => one.requestNo === requestNo);
  return done({
    out_trade_no: orderNo,
    trade_no: trade.tradeNo,
    ...(refund === undefined || now < refund.settlesAt
      ? {}
      : {
          out_request_no: requestNo,
          refund_amount: toYuan(refund.amountFen),
          refund_status: 'REFUND_SUCCESS',
          total_amount: toYuan(order.amountFen),
        }),
  });
}

/** A full refund closes the trade but keeps its payment date. */
export function addRefund(
  world: World,
  entry: Versioned<AlipayOrder>,
  requestNo: string,
  amountFen: number,
): AlipayTrade | null {
  const now = nowMs(world);
  const { trade } = entry.current;
  if (trade === null) return null;
  const atOnce = world.settings.alipayFundChange === 'Y';
  const settlesAt = atOnce ? now : now + world.settings.refundSettlesAfterMs;
  const refund: AlipayRefund = { requestNo, amountFen, settlesAt };
  const full = refundedFen(trade) + amountFen === entry.current.amountFen;
  return changeTrade(entry, trade, now, { refunds: [...trade.refunds, refund], ...(full ? closed : {}) });
}

function refundFields(order: AlipayOrder, trade: AlipayTrade, fundChange: 'Y' | 'N'): JsonObject {
  return {
    buyer_logon_id: 'sim***@example.com',
    buyer_user_id: '2088000000009999',
    fund_change: fundChange,
    gmt_refund_pay: toBeijing(trade.refunds.at(-1)?.settlesAt ?? trade.createdAt),
    out_trade_no: order.orderNo,
    refund_fee: toYuan(refundedFen(trade)),
    trade_no: trade.tradeNo,
  };
}
