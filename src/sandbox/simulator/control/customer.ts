import type { SimulatedOrder } from '../gateway/gateway.ts';
import { simulators, type WholeWorld } from '../simulators.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import { findOrder } from './find-order.ts';

/** Actions on an order outside the merchant's API: by customers, and by the merchant's back office. */
export interface Customer {
  /** The current order, or null if no gateway has it. */
  order(orderNo: string): OrderSnapshot | null;
  orders(): OrderSnapshot[];
  /**
   * Alipay: opens a signed link (`wap`, `page`) or order string (`app`), which creates the trade. Resolves with
   * the order number. Until then Alipay does not know the order. Rejects with `NotPayable` if it is too late,
   * with another error if the signature is wrong.
   */
  open(link: string): Promise<string>;
  /** Scans the code or opens the link: WeChat opens its cashier, Alipay creates the trade, UnionPay does nothing. */
  scan(orderNo: string): Promise<void>;
  /** Scans if necessary and starts typing the password. From then on WeChat refuses to close the order. */
  beginPay(orderNo: string): Promise<void>;
  /** Ends the payment: the password was right, or (`ok` false) the attempt failed. WeChat accepts it past the deadline. */
  finishPay(orderNo: string, ok?: boolean): Promise<void>;
  /** Makes a payment, or completes one that has begun. Rejects with `NotPayable` exactly if the order is not payable. */
  pay(orderNo: string): Promise<void>;
  /** A refund from the back office: of `amountFen`, or of the rest. */
  refund(orderNo: string, amountFen?: number): Promise<void>;
  /** Alipay: TRADE_FINISHED, paid and no longer refundable. */
  finish(orderNo: string): Promise<void>;
  /** WeChat: turns an unpaid order into a code payment (付款码) that begins now. It can be reversed, not closed. */
  codePay(orderNo: string): Promise<void>;
  /** Removes the order from the gateway, as if its creation request had been lost. */
  forget(orderNo: string): void;
}

export function createCustomer(world: WholeWorld): Customer {
  function known(orderNo: string): SimulatedOrder {
    const found = findOrder(world, orderNo);
    if (found === null) throw new Error(`no gateway has order ${orderNo}`);
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

  /** Actions that only some gateways support. */
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
