import type { SimulatedOrder } from '../gateway/gateway.ts';
import type { Versioned } from '../gateway/versioned.ts';
import { beginAlipayPayment, finishAlipayPayment, newTrade, scanAlipay } from './customer.ts';
import { addRefund } from './methods/refunds.ts';
import { tradeMessage } from './notify.ts';
import {
  type AlipayOrder,
  type AlipayTrade,
  changeTrade,
  describeAlipayOrder,
  findAlipayOrder,
} from './orders.ts';
import { nowMs, type World } from './world.ts';

/** Actions on an order at Alipay, outside the merchant's API. */
export function findSimulated(world: World, orderNo: string): SimulatedOrder | null {
  const entry = findAlipayOrder(world.alipay, orderNo, nowMs(world));
  return entry === null ? null : actsOn(world, entry);
}

function actsOn(world: World, entry: Versioned<AlipayOrder>): SimulatedOrder {
  const message = (status: AlipayTrade['status'], amountFen = entry.current.amountFen) => {
    const { notifyUrl } = entry.current;
    const trade = { ...newTrade(world), status, paidAt: nowMs(world) };
    return notifyUrl === null ? null : tradeMessage(world, { ...entry.current, amountFen }, trade, notifyUrl);
  };
  return {
    describe: () => describeAlipayOrder(entry.current, nowMs(world)),
    scan: () => void scanAlipay(world, entry),
    beginPay: () => beginAlipayPayment(world, entry),
    finishPay: (ok) => finishAlipayPayment(world, entry, ok),
    addRefund: (refundNo, amountFen) => void addRefund(world, entry, refundNo, amountFen),
    finish() {
      const { trade, orderNo } = entry.current;
      if (trade?.status !== 'TRADE_SUCCESS') throw new Error(`order ${orderNo} is not TRADE_SUCCESS`);
      changeTrade(entry, trade, nowMs(world), { status: 'TRADE_FINISHED' });
    },
    otherPayment: (amountFen) => message('TRADE_SUCCESS', amountFen),
    doubtfulPayment: () => message('WAIT_BUYER_PAY'),
  };
}
