import { beginAlipayPayment, finishAlipayPayment, scanAlipay } from '../alipay/customer.ts';
import { openAlipay } from '../alipay/open.ts';
import { type AlipayOrder, changeTrade, describeAlipayOrder, findAlipayOrder } from '../alipay/orders.ts';
import { addRefund as addAlipayRefund } from '../alipay/refunds.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import { change, type Versioned } from '../versioned.ts';
import { beginWechatPayment, finishWechatPayment, scanWechat } from '../wechat/customer.ts';
import { describeWechatOrder, findWechatOrder, type WechatOrder } from '../wechat/orders.ts';
import { addRefund as addWechatRefund } from '../wechat/refunds.ts';
import { nowMs, type World } from '../world.ts';

/** What people do to an order outside the merchant's API: customers, and the merchant's back office. */
export interface Customer {
  /** The order as it is now, or null when no gateway knows it. */
  order(orderNo: string): OrderSnapshot | null;
  orders(): OrderSnapshot[];
  /**
   * Alipay: opens a signed link (`wap`, `page`) or order string (`app`), which makes the trade, and resolves with
   * the order's number. Until then Alipay does not know the order. Rejects with `NotPayable` when it is too late,
   * and with another error when the signature is wrong.
   */
  open(link: string): Promise<string>;
  /** The code is scanned, or the link opened: WeChat opens its cashier, Alipay creates the trade. */
  scan(orderNo: string): Promise<void>;
  /** Scans if need be, and starts typing the password. WeChat refuses to close the order from now on. */
  beginPay(orderNo: string): Promise<void>;
  /** The password was right, or (`ok` false) the attempt failed. WeChat lets it succeed past the deadline. */
  finishPay(orderNo: string, ok?: boolean): Promise<void>;
  /** A whole payment, or the rest of one that has begun. Rejects with `NotPayable` exactly when not payable. */
  pay(orderNo: string): Promise<void>;
  /** A refund by somebody else; of everything that is left unless an amount is given. */
  refund(orderNo: string, amountFen?: number): Promise<void>;
  /** Alipay: TRADE_FINISHED, paid and no longer refundable. */
  finish(orderNo: string): Promise<void>;
  /** WeChat: turns an unpaid order into a code payment (付款码) that begins now and is reversed, not closed. */
  codePay(orderNo: string): Promise<void>;
  /** The gateway has never heard of the order: as if its creation had been lost on the way. */
  forget(orderNo: string): void;
}

type Act<T> = (entry: Versioned<T>) => unknown;

export function createCustomer(world: World): Customer {
  const wechat = (orderNo: string) => findWechatOrder(world.wechat, orderNo, nowMs(world));
  const alipay = (orderNo: string) => findAlipayOrder(world.alipay, orderNo, nowMs(world));

  function order(orderNo: string): OrderSnapshot | null {
    const atWechat = wechat(orderNo);
    if (atWechat !== null) return describeWechatOrder(atWechat.current, nowMs(world));
    const atAlipay = alipay(orderNo);
    return atAlipay === null ? null : describeAlipayOrder(atAlipay.current, nowMs(world));
  }

  function known(orderNo: string): OrderSnapshot {
    const found = order(orderNo);
    if (found === null) throw unknown(orderNo);
    return found;
  }

  /** Runs the channel's own version of an act, all at once. */
  function act(orderNo: string, atWechat: Act<WechatOrder>, atAlipay: Act<AlipayOrder>): void {
    const wechatEntry = wechat(orderNo);
    const alipayEntry = wechatEntry === null ? alipay(orderNo) : null;
    if (wechatEntry !== null) atWechat(wechatEntry);
    else if (alipayEntry !== null) atAlipay(alipayEntry);
    else throw unknown(orderNo);
  }

  function beginPay(orderNo: string): void {
    act(
      orderNo,
      (entry) => beginWechatPayment(world, entry),
      (entry) => beginAlipayPayment(world, entry),
    );
  }

  function finishPay(orderNo: string, ok: boolean): void {
    act(
      orderNo,
      (entry) => finishWechatPayment(world, entry, ok),
      (entry) => finishAlipayPayment(world, entry, ok),
    );
  }

  function refund(orderNo: string, amountFen: number | undefined): void {
    const { state, paidAt, amountFen: paidFen, refundedFen } = known(orderNo);
    if (paidAt === null || state === 'TRADE_FINISHED') {
      throw new Error(`order ${orderNo} is ${state}, there is nothing to refund`);
    }
    const leftFen = paidFen - refundedFen;
    const fen = amountFen ?? leftFen;
    if (!Number.isSafeInteger(fen) || fen < 1 || fen > leftFen) {
      throw new Error(`cannot refund ${fen} fen of the ${leftFen} left on order ${orderNo}`);
    }
    const refundNo = `SIM${world.nextId()}`;
    act(
      orderNo,
      ({ current }) => addWechatRefund(world, current, refundNo, fen),
      (entry) => addAlipayRefund(world, entry, refundNo, fen),
    );
  }

  function finish(orderNo: string): void {
    act(orderNo, otherChannel('Alipay'), (entry) => {
      const { trade } = entry.current;
      if (trade?.status !== 'TRADE_SUCCESS') throw new Error(`order ${orderNo} is not TRADE_SUCCESS`);
      changeTrade(entry, trade, nowMs(world), { status: 'TRADE_FINISHED' });
    });
  }

  function codePay(orderNo: string): void {
    act(
      orderNo,
      (entry) => {
        if (entry.current.state !== 'NOTPAY') throw new Error(`order ${orderNo} is ${entry.current.state}`);
        const now = nowMs(world);
        const revokesAt = now + world.settings.codePayRevokesAfterMs;
        change(entry, now, { kind: 'codepay', cashier: 'shut', notifyUrl: null, revokesAt });
      },
      otherChannel('WeChat Pay'),
    );
  }

  return {
    order,
    orders: () => [...world.wechat.orders.keys(), ...world.alipay.orders.keys()].map(known),
    open: async (link) => openAlipay(world, link),
    scan: async (orderNo) =>
      act(
        orderNo,
        (entry) => scanWechat(world, entry),
        (entry) => scanAlipay(world, entry),
      ),
    beginPay: async (orderNo) => beginPay(orderNo),
    finishPay: async (orderNo, ok = true) => finishPay(orderNo, ok),
    pay: async (orderNo) => {
      if (!known(orderNo).paying) beginPay(orderNo);
      finishPay(orderNo, true);
    },
    refund: async (orderNo, amountFen) => refund(orderNo, amountFen),
    finish: async (orderNo) => finish(orderNo),
    codePay: async (orderNo) => codePay(orderNo),
    forget(orderNo) {
      world.wechat.orders.delete(orderNo);
      world.alipay.orders.delete(orderNo);
    },
  };
}

function unknown(orderNo: string): Error {
  return new Error(`no gateway knows order ${orderNo}`);
}

function otherChannel(channel: string): () => never {
  return () => {
    throw new Error(`only orders at ${channel} can do this`);
  };
}
