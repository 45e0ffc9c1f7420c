import type { SimulatedOrder } from '../gateway/gateway.ts';
import { change, type Versioned } from '../gateway/versioned.ts';
import { addRefund } from './calls/refunds.ts';
import { beginWechatPayment, finishWechatPayment, newTransactionId, scanWechat } from './customer.ts';
import { paymentMessage } from './notify.ts';
import { describeWechatOrder, findWechatOrder, type WechatOrder } from './orders.ts';
import { nowMs, type World } from './world.ts';

/** Actions on an order at WeChat Pay, outside the merchant's API. */
export function findSimulated(world: World, orderNo: string): SimulatedOrder | null {
  const entry = findWechatOrder(world.wechat, orderNo, nowMs(world));
  return entry === null ? null : actsOn(world, entry);
}

function actsOn(world: World, entry: Versioned<WechatOrder>): SimulatedOrder {
  const message = (patch: Partial<WechatOrder>) => {
    const { notifyUrl } = entry.current;
    const paid = { paidAt: nowMs(world), transactionId: newTransactionId(world), ...patch };
    return notifyUrl === null ? null : paymentMessage(world, { ...entry.current, ...paid }, notifyUrl);
  };
  return {
    describe: () => describeWechatOrder(entry.current, nowMs(world)),
    scan: () => scanWechat(world, entry),
    beginPay: () => beginWechatPayment(world, entry),
    finishPay: (ok) => finishWechatPayment(world, entry, ok),
    addRefund: (refundNo, amountFen) => void addRefund(world, entry.current, refundNo, amountFen),
    codePay() {
      const { state, orderNo } = entry.current;
      if (state !== 'NOTPAY') throw new Error(`order ${orderNo} is ${state}`);
      const now = nowMs(world);
      const revokesAt = now + world.settings.codePayRevokesAfterMs;
      change(entry, now, { kind: 'codepay', cashier: 'shut', notifyUrl: null, revokesAt });
    },
    otherPayment: (amountFen = entry.current.amountFen) => message({ state: 'SUCCESS', amountFen }),
    doubtfulPayment: () => message({ state: 'NOTPAY' }),
  };
}
