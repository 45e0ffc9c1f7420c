import { beginAlipayPayment, finishAlipayPayment, scanAlipay } from '../alipay/customer.ts';
import { addRefund as addAlipayRefund } from '../alipay/methods/refunds.ts';
import { openAlipay } from '../alipay/open.ts';
import { type AlipayOrder, changeTrade, describeAlipayOrder, findAlipayOrder } from '../alipay/orders.ts';
import { toBeijingDigits } from '../format/beijing-time.ts';
import { change, type Versioned } from '../gateway/versioned.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import { beginUnionpayPayment, finishUnionpayPayment, scanUnionpay } from '../unionpay/customer.ts';
import { addGiveBack as addUnionpayGiveBack } from '../unionpay/give-back.ts';
import { describeUnionpayOrder, type UnionpayOrder } from '../unionpay/orders.ts';
import { addRefund as addWechatRefund } from '../wechat/calls/refunds.ts';
import { beginWechatPayment, finishWechatPayment, scanWechat } from '../wechat/customer.ts';
import { describeWechatOrder, findWechatOrder, type WechatOrder } from '../wechat/orders.ts';
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
  /** The code is scanned, or the link opened: WeChat opens its cashier, Alipay creates the trade; UnionPay does nothing. */
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

/** Each channel's own version of an act. */
interface Acts {
  wechat(entry: Versioned<WechatOrder>): unknown;
  alipay(entry: Versioned<AlipayOrder>): unknown;
  unionpay(entry: Versioned<UnionpayOrder>): unknown;
}

export function createCustomer(world: World): Customer {
  const wechat = (orderNo: string) => findWechatOrder(world.wechat, orderNo, nowMs(world));
  const alipay = (orderNo: string) => findAlipayOrder(world.alipay, orderNo, nowMs(world));
  const unionpay = (orderNo: string) => world.unionpay.orders.get(orderNo) ?? null;

  function order(orderNo: string): OrderSnapshot | null {
    const atWechat = wechat(orderNo);
    if (atWechat !== null) return describeWechatOrder(atWechat.current, nowMs(world));
    const atAlipay = alipay(orderNo);
    if (atAlipay !== null) return describeAlipayOrder(atAlipay.current, nowMs(world));
    const atUnionpay = unionpay(orderNo);
    const { unionpayBankLate } = world.settings;
    return atUnionpay === null
      ? null
      : describeUnionpayOrder(world.unionpay, atUnionpay.current, nowMs(world), unionpayBankLate);
  }

  function known(orderNo: string): OrderSnapshot {
    const found = order(orderNo);
    if (found === null) throw unknown(orderNo);
    return found;
  }

  /** Runs the channel's own version of an act, all at once. */
  function act(orderNo: string, acts: Acts): void {
    const wechatEntry = wechat(orderNo);
    if (wechatEntry !== null) return void acts.wechat(wechatEntry);
    const alipayEntry = alipay(orderNo);
    if (alipayEntry !== null) return void acts.alipay(alipayEntry);
    const unionpayEntry = unionpay(orderNo);
    if (unionpayEntry === null) throw unknown(orderNo);
    acts.unionpay(unionpayEntry);
  }

  function beginPay(orderNo: string): void {
    act(orderNo, {
      wechat: (entry) => beginWechatPayment(world, entry),
      alipay: (entry) => beginAlipayPayment(world, entry),
      unionpay: (entry) => beginUnionpayPayment(world, entry),
    });
  }

  function finishPay(orderNo: string, ok: boolean): void {
    act(orderNo, {
      wechat: (entry) => finishWechatPayment(world, entry, ok),
      alipay: (entry) => finishAlipayPayment(world, entry, ok),
      unionpay: (entry) => finishUnionpayPayment(world, entry, ok),
    });
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
    act(orderNo, {
      wechat: ({ current }) => addWechatRefund(world, current, refundNo, fen),
      alipay: (entry) => addAlipayRefund(world, entry, refundNo, fen),
      unionpay: ({ current }) => {
        const txnTime = toBeijingDigits(nowMs(world));
        const wish = { orderId: refundNo, txnTime, txnType: '04', amountFen: fen, failed: false } as const;
        addUnionpayGiveBack(world, current, wish);
      },
    });
  }

  function finish(orderNo: string): void {
    const alipayOnly = otherChannel('Alipay');
    act(orderNo, {
      wechat: alipayOnly,
      alipay(entry) {
        const { trade } = entry.current;
        if (trade?.status !== 'TRADE_SUCCESS') throw new Error(`order ${orderNo} is not TRADE_SUCCESS`);
        changeTrade(entry, trade, nowMs(world), { status: 'TRADE_FINISHED' });
      },
      unionpay: alipayOnly,
    });
  }

  function codePay(orderNo: string): void {
    const wechatOnly = otherChannel('WeChat Pay');
    act(orderNo, {
      wechat(entry) {
        if (entry.current.state !== 'NOTPAY') throw new Error(`order ${orderNo} is ${entry.current.state}`);
        const now = nowMs(world);
        const revokesAt = now + world.settings.codePayRevokesAfterMs;
        change(entry, now, { kind: 'codepay', cashier: 'shut', notifyUrl: null, revokesAt });
      },
      alipay: wechatOnly,
      unionpay: wechatOnly,
    });
  }

  return {
    order,
    orders: () =>
      [world.wechat, world.alipay, world.unionpay].flatMap(({ orders }) => [...orders.keys()]).map(known),
    open: async (link) => openAlipay(world, link),
    scan: async (orderNo) =>
      act(orderNo, {
        wechat: (entry) => scanWechat(world, entry),
        alipay: (entry) => scanAlipay(world, entry),
        unionpay: (entry) => scanUnionpay(world, entry),
      }),
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
      world.unionpay.orders.delete(orderNo);
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
