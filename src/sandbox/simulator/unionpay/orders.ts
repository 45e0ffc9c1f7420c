import type { Versioned } from '../gateway/versioned.ts';
import type { OrderSnapshot } from '../snapshot.ts';

import type { UnionpayKind } from './kinds.ts';

/** An order at UnionPay. Only its `payTimeout` closes it. */
export interface UnionpayOrder {
  orderNo: string;
  kind: UnionpayKind;
  /** The merchant's time: it identifies the order together with the number. */
  txnTime: string;
  amountFen: number;
  notifyUrl: string;
  createdAt: number;
  /** The latest time at which it can be paid. */
  payTimeout: number;
  code: string;
  /** The customer is typing the password. */
  paying: boolean;
  queryId: string | null;
  paidAt: number | null;
  /** When the money of a bank's late payment is returned automatically. */
  autoRefundAt: number | null;
}

/** A void (消费撤销) or a refund (退货): a transaction with its own number and time. */
export interface UnionpayGiveBack {
  orderId: string;
  txnTime: string;
  txnType: '31' | '04';
  /** The order whose money it returns. */
  orderNo: string;
  amountFen: number;
  queryId: string;
  settlesAt: number;
  /** It was accepted, but failed. */
  failed: boolean;
}

export interface UnionpayLedger {
  orders: Map<string, Versioned<UnionpayOrder>>;
  giveBacks: Map<string, UnionpayGiveBack>;
}

const DAY_MS = 24 * 3600_000;
const CLEARS_AT_UTC_MS = 15 * 3600_000;

/** Clearing days last from 23:00 to 23:00, Beijing time. */
export function clearingDay(ms: number): number {
  return Math.floor((ms - CLEARS_AT_UTC_MS) / DAY_MS);
}

/** The amount that was returned, or is about to be. */
export function refundedFen({ giveBacks }: UnionpayLedger, order: UnionpayOrder, nowMs: number): number {
  if (order.autoRefundAt !== null && nowMs >= order.autoRefundAt) return order.amountFen;
  return [...giveBacks.values()]
    .filter((each) => each.orderNo === order.orderNo && !each.failed)
    .reduce((sum, each) => sum + each.amountFen, 0);
}

/** Whether a payment that has begun can still complete. `bankLate`: also past the payTimeout. */
export function isPaying(order: UnionpayOrder, nowMs: number, bankLate: boolean): boolean {
  return order.paying && order.paidAt === null && (bankLate || nowMs <= order.payTimeout);
}

/** Why a payment cannot begin now, or null if it can. */
export function refusalToBegin(order: UnionpayOrder, nowMs: number): string | null {
  if (order.paidAt !== null) return 'it is PAID';
  return nowMs > order.payTimeout ? 'its payTimeout has passed' : null;
}

export function describeUnionpayOrder(
  ledger: UnionpayLedger,
  order: UnionpayOrder,
  nowMs: number,
  bankLate: boolean,
): OrderSnapshot {
  const paying = isPaying(order, nowMs, bankLate);
  const backFen = refundedFen(ledger, order, nowMs);
  const state = order.paidAt === null ? 'UNPAID' : backFen === order.amountFen ? 'REFUNDED' : 'PAID';
  return {
    channel: 'union_pay',
    orderNo: order.orderNo,
    kind: order.kind,
    state,
    payable: paying || refusalToBegin(order, nowMs) === null,
    paying,
    amountFen: order.amountFen,
    refundedFen: backFen,
    code: order.code,
    notifyUrl: order.notifyUrl,
    tradeNo: order.queryId,
    createdAt: new Date(order.createdAt),
    expiresAt: new Date(order.payTimeout),
    paidAt: order.paidAt === null ? null : new Date(order.paidAt),
  };
}
