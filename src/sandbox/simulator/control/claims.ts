import { newTrade } from '../alipay/customer.ts';
import { tradeMessage } from '../alipay/notify.ts';
import { findAlipayOrder } from '../alipay/orders.ts';
import type { Message } from '../notify/notifier.ts';
import { newQueryId } from '../unionpay/give-back.ts';
import { paymentMessage as unionpayMessage } from '../unionpay/notify.ts';
import { newTransactionId } from '../wechat/customer.ts';
import { paymentMessage as wechatMessage } from '../wechat/notify.ts';
import { findWechatOrder } from '../wechat/orders.ts';
import { nowMs, type World } from '../world.ts';

/** Notifications of payments that the gateway's own order does not show. */
export interface Claims {
  /**
   * Rightly signed: another payment of the order, under another number of the channel's, made now; of `amountFen`, if that is
   * given. False: this order is not notified, or not known.
   */
  notifyOther(orderNo: string, amountFen?: number): boolean;
  /** Rightly signed, and not exactly a payment: its own fields contradict each other. False: as above. */
  notifyDoubt(orderNo: string): boolean;
  /** What a stranger could send: a payment of the order, complete in form and signed by another key. Null: as above. */
  forge(orderNo: string): { headers: Record<string, string>; body: Buffer } | null;
}

export function createClaims(world: World): Claims {
  function claim(orderNo: string, amountFen?: number): Message | null {
    const at = nowMs(world);
    const wechat = findWechatOrder(world.wechat, orderNo, at)?.current;
    if (wechat !== undefined) {
      const { notifyUrl } = wechat;
      const paid = { state: 'SUCCESS', paidAt: at, transactionId: newTransactionId(world) } as const;
      const order = { ...wechat, ...paid, amountFen: amountFen ?? wechat.amountFen };
      return notifyUrl === null ? null : wechatMessage(world, order, notifyUrl);
    }
    const alipay = findAlipayOrder(world.alipay, orderNo, at)?.current;
    if (alipay !== undefined) {
      const { notifyUrl } = alipay;
      const trade = { ...newTrade(world), status: 'TRADE_SUCCESS', paidAt: at } as const;
      const order = { ...alipay, amountFen: amountFen ?? alipay.amountFen };
      return notifyUrl === null ? null : tradeMessage(world, order, trade, notifyUrl);
    }
    const unionpay = world.unionpay.orders.get(orderNo)?.current;
    if (unionpay === undefined) return null;
    const paid = { paidAt: at, queryId: newQueryId(world) };
    return unionpayMessage(world, { ...unionpay, ...paid, amountFen: amountFen ?? unionpay.amountFen });
  }

  /** About a payment that the gateway's own words deny. */
  function doubt(orderNo: string): Message | null {
    const at = nowMs(world);
    const wechat = findWechatOrder(world.wechat, orderNo, at)?.current;
    if (wechat !== undefined && wechat.notifyUrl !== null) {
      const order = {
        ...wechat,
        state: 'NOTPAY',
        paidAt: at,
        transactionId: newTransactionId(world),
      } as const;
      return wechatMessage(world, order, wechat.notifyUrl);
    }
    const alipay = findAlipayOrder(world.alipay, orderNo, at)?.current;
    if (alipay !== undefined && alipay.notifyUrl !== null) {
      const trade = { ...newTrade(world), status: 'WAIT_BUYER_PAY', paidAt: at } as const;
      return tradeMessage(world, alipay, trade, alipay.notifyUrl);
    }
    const unionpay = world.unionpay.orders.get(orderNo)?.current;
    if (unionpay === undefined) return null;
    const order = { ...unionpay, paidAt: at, queryId: newQueryId(world) };
    return unionpayMessage(world, order, { origRespCode: '01' });
  }

  return {
    notifyDoubt(orderNo) {
      const message = doubt(orderNo);
      if (message !== null) world.notifier.send(message);
      return message !== null;
    },
    notifyOther(orderNo, amountFen) {
      const message = claim(orderNo, amountFen);
      if (message !== null) world.notifier.send(message);
      return message !== null;
    },
    forge: (orderNo) => claim(orderNo)?.compose('badSignature') ?? null,
  };
}
