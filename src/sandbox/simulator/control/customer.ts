import type { SimulatedOrder } from '../gateway/gateway.ts';
import { simulators, type WholeWorld } from '../simulators.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import { findOrder } from './find-order.ts';

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

export function createCustomer(world: WholeWorld): Customer {
  function known(orderNo: string): SimulatedOrder {
    const found = findOrder(world, orderNo);
    if (found === null) throw new Error(`no gateway knows order ${orderNo}`);
    return found;
  }

  function refund(orderNo: string, amountFen: number | undefined): void {
    const order = known(orderNo);
    const { state, paidAt, amountFen: paidFen, refundedFen } = order.describe();
    if (paidAt === null || state === 'TRADE_FINISHED') {
      throw new Error(`order ${orderNo} is ${state}, there is nothing to refund`);
    }
    const leftFen = paidFen - refundedFen;
    const fen = amountFen ?? leftFen;
    if (!Number.isSafeInteger(fen) || fen < 1 || fen > leftFen) {
      throw new Error(`cannot refund ${fen} fen of the ${leftFen} left on order ${orderNo}`);
    }
    order.addRefund(`SIM${world.nextId()}`, fen);
  }

  /** What only some gateways' orders can have done to them. */
  function special(orderNo: string, act: 'finish' | 'codePay'): void {
    const order = known(orderNo);
    if (order[act] === undefined) throw new Error(`${order.describe().channel} has no ${act}`);
    order[act]();
  }

  const ledgers = Object.keys(simulators).map((name) => () => world[name as keyof typeof simulators].orders);

  return {
    order: (orderNo) => findOrder(world, orderNo)?.describe() ?? null,
    orders: () =>
      ledgers.flatMap((orders) => [...orders().keys()]).map((orderNo) => known(orderNo).describe()),
    async open(link) {
      const opener = Object.values(simulators).find(({ open }) => open !== undefined);
      if (opener?.open === undefined) throw new Error('no gateway opens links');
      return opener.open(world, link);
    },
    scan: async (orderNo) => known(orderNo).scan(),
    beginPay: async (orderNo) => known(orderNo).beginPay(),
    finishPay: async (orderNo, ok = true) => known(orderNo).finishPay(ok),
    async pay(orderNo) {
      const order = known(orderNo);
      if (!order.describe().paying) order.beginPay();
      order.finishPay(true);
    },
    refund: async (orderNo, amountFen) => refund(orderNo, amountFen),
    finish: async (orderNo) => special(orderNo, 'finish'),
    codePay: async (orderNo) => special(orderNo, 'codePay'),
    forget(orderNo) {
      for (const orders of ledgers) orders().delete(orderNo);
    },
  };
}
