import { toBeijingDigits } from '../format/beijing-time.ts';
import type { SimulatedOrder } from '../gateway/gateway.ts';
import { addGiveBack, newQueryId } from './calls/give-back.ts';
import { beginUnionpayPayment, finishUnionpayPayment, scanUnionpay } from './customer.ts';
import { paymentMessage } from './notify.ts';
import { describeUnionpayOrder } from './orders.ts';
import { nowMs, type World } from './world.ts';

/** Actions on an order at UnionPay, outside the merchant's API. */
export function findSimulated(world: World, orderNo: string): SimulatedOrder | null {
  const entry = world.unionpay.orders.get(orderNo);
  if (entry === undefined) return null;
  const paidNow = () => ({ ...entry.current, paidAt: nowMs(world), queryId: newQueryId(world) });
  return {
    describe() {
      const { unionpayBankLate } = world.settings;
      return describeUnionpayOrder(world.unionpay, entry.current, nowMs(world), unionpayBankLate);
    },
    scan: () => scanUnionpay(world, entry),
    beginPay: () => beginUnionpayPayment(world, entry),
    finishPay: (ok) => finishUnionpayPayment(world, entry, ok),
    addRefund(orderId, amountFen) {
      const txnTime = toBeijingDigits(nowMs(world));
      addGiveBack(world, entry.current, { orderId, txnTime, txnType: '04', amountFen, failed: false });
    },
    otherPayment: (amountFen = entry.current.amountFen) => paymentMessage(world, { ...paidNow(), amountFen }),
    doubtfulPayment: () => paymentMessage(world, paidNow(), { origRespCode: '01' }),
  };
}
