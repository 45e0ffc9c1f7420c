import { toBeijing } from '../../format/beijing-time.ts';
import type { JsonObject } from '../../format/json-object.ts';
import { toYuan } from '../../format/yuan.ts';
import { asOf, type Staleness, type Versioned } from '../../gateway/versioned.ts';
import { tradeMessage } from '../notify.ts';
import { type AlipayOrder, type AlipayTrade, changeTrade, closed, findAlipayOrder } from '../orders.ts';
import { type AlipayResult, businessFailure, done, tradeNotExist } from '../protocol/results.ts';
import { nowMs, type World } from '../world.ts';
import { addRefund } from './refunds.ts';

/** After this time a payment is refunded, not cancelled (code table of alipay.trade.cancel). */
const CANCEL_WINDOW_MS = 24 * 3600_000;

/** `alipay.trade.query`: TRADE_NOT_EXIST until a customer has scanned. */
export function queryTrade(world: World, orderNo: string, staleness: Staleness | null): AlipayResult {
  const now = nowMs(world);
  const entry = findAlipayOrder(world.alipay, orderNo, now);
  const order = entry === null ? null : asOf(entry, now, staleness);
  if (order === null || order.trade === null) return tradeNotExist();
  return done(tradeFields(order, order.trade));
}

/** `alipay.trade.close`: WAIT_BUYER_PAY only. An intent that nobody has scanned stays payable. */
export function closeTrade(world: World, orderNo: string): AlipayResult {
  const { entry, order, trade } = find(world, orderNo);
  if (trade === null) return tradeNotExist();
  if (trade.status !== 'WAIT_BUYER_PAY') {
    return businessFailure(world.settings.alipayCloseRefusal, '交易状态不合法');
  }
  closeUnpaid(world, entry, order, trade);
  return done({ out_trade_no: orderNo, trade_no: trade.tradeNo });
}

/**
 * `alipay.trade.cancel`: closes an unpaid trade, refunds a paid one in full. Without a trade it succeeds without an
 * `action`, and the code stays payable.
 */
export function cancelTrade(world: World, orderNo: string): AlipayResult {
  const now = nowMs(world);
  const { entry, order, trade } = find(world, orderNo);
  if (trade === null) return done({ out_trade_no: orderNo, retry_flag: 'N' });
  const answer = { out_trade_no: orderNo, trade_no: trade.tradeNo };
  if (world.settings.alipayCancelRetries > 0) {
    world.settings.alipayCancelRetries -= 1;
    return done({ ...answer, retry_flag: 'Y' });
  }
  if (trade.status === 'TRADE_FINISHED') return businessFailure('ACQ.TRADE_HAS_FINISHED', '交易已完结');
  if (trade.status === 'TRADE_CLOSED') return done({ ...answer, retry_flag: 'N', action: 'close' });
  if (trade.status === 'WAIT_BUYER_PAY') {
    closeUnpaid(world, entry, order, trade);
    return done({ ...answer, retry_flag: 'N', action: 'close' });
  }
  if (now > (trade.paidAt ?? now) + CANCEL_WINDOW_MS) {
    return businessFailure('ACQ.TRADE_CANCEL_TIME_OUT', '超过撤销时间范围');
  }
  if (trade.refunds.length > 0) return businessFailure('ACQ.REASON_TRADE_REFUND_FEE_ERR', '退款金额错误');
  if (world.settings.balanceNotEnough) {
    return businessFailure('ACQ.SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足');
  }
  addRefund(world, entry, `SIM${world.nextId()}`, order.amountFen);
  return done({ ...answer, retry_flag: 'N', action: 'refund' });
}

type Found =
  | { entry: Versioned<AlipayOrder>; order: AlipayOrder; trade: AlipayTrade }
  | { entry: null; order: null; trade: null };

function find(world: World, orderNo: string): Found {
  const entry = findAlipayOrder(world.alipay, orderNo, nowMs(world));
  const trade = entry?.current.trade ?? null;
  return entry === null || trade === null
    ? { entry: null, order: null, trade: null }
    : { entry, order: entry.current, trade };
}

function closeUnpaid(
  world: World,
  entry: Versioned<AlipayOrder>,
  order: AlipayOrder,
  trade: AlipayTrade,
): void {
  const after = changeTrade(entry, trade, nowMs(world), closed);
  if (world.settings.alipayNotifyClosed && order.notifyUrl !== null) {
    world.notifier.send(tradeMessage(world, order, after, order.notifyUrl));
  }
}

/** A closed trade that shows `send_pay_date` was paid and refunded (Alipay query page). */
function tradeFields(order: AlipayOrder, trade: AlipayTrade): JsonObject {
  const amount = toYuan(order.amountFen);
  const paid = trade.paidAt !== null;
  return {
    buyer_logon_id: 'sim***@example.com',
    buyer_pay_amount: paid ? amount : '0.00',
    buyer_user_id: '2088000000009999',
    invoice_amount: paid ? amount : '0.00',
    out_trade_no: order.orderNo,
    point_amount: '0.00',
    receipt_amount: paid ? amount : '0.00',
    total_amount: amount,
    trade_no: trade.tradeNo,
    trade_status: trade.status,
    ...(trade.paidAt === null
      ? {}
      : {
          send_pay_date: toBeijing(trade.paidAt),
          fund_bill_list: [{ amount, fund_channel: 'ALIPAYACCOUNT' }],
        }),
  };
}
