import { change, type Versioned } from '../gateway/versioned.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import { handouts, type WechatKind } from './kinds.ts';

/** An order that nobody closes is closed by WeChat Pay (order state page). */
const AUTO_CLOSE_MS = 7 * 24 * 3600_000;

/**
 * An order at WeChat Pay. Past `expiresAt` it is still NOTPAY: no payment can begin, but one that has begun
 * can end, and only `close` ends the order.
 */
export interface WechatOrder {
  orderNo: string;
  /** Orders by `codepay` are reversed, not closed. */
  kind: WechatKind;
  /** The whole create request, to tell a repetition from another order under the same number. */
  parameters: string;
  description: string;
  attach: string | null;
  amountFen: number;
  /** Null for a code payment, which is not notified: the merchant's terminal has its answer. */
  notifyUrl: string | null;
  createdAt: number;
  expiresAt: number;
  /** An unpaid code payment is revoked after this moment. */
  revokesAt: number | null;
  /** What the customer scans or opens; for a code payment, what the merchant scanned. */
  code: string;
  codeMadeAt: number;
  /** REVOKED, USERPAYING and PAYERROR happen to code-pay orders only. */
  state: 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED' | 'USERPAYING' | 'REVOKED' | 'PAYERROR';
  /** Not for code-pay orders: the customer has not scanned, sees the cashier, or is typing the password. */
  cashier: 'shut' | 'open' | 'paying';
  /** Who pays, if the creation said so. */
  openId: string | null;
  transactionId: string | null;
  paidAt: number | null;
  refundedFen: number;
}

export interface WechatRefund {
  refundNo: string;
  orderNo: string;
  refundId: string;
  amountFen: number;
  createdAt: number;
  settlesAt: number;
}

export interface WechatLedger {
  orders: Map<string, Versioned<WechatOrder>>;
  refunds: Map<string, WechatRefund>;
}

/** The order as it is now, with what time has done to it. */
export function findWechatOrder(
  ledger: WechatLedger,
  orderNo: string,
  nowMs: number,
): Versioned<WechatOrder> | null {
  const entry = ledger.orders.get(orderNo);
  if (entry === undefined) return null;
  const { state, cashier, createdAt, expiresAt, revokesAt } = entry.current;
  if (revokesAt !== null && nowMs > revokesAt && (state === 'NOTPAY' || state === 'USERPAYING')) {
    change(entry, nowMs, { state: 'REVOKED' });
    return entry;
  }
  const endsAt = Math.max(createdAt + AUTO_CLOSE_MS, expiresAt);
  if (state === 'NOTPAY' && cashier !== 'paying' && nowMs > endsAt) {
    change(entry, nowMs, { state: 'CLOSED', cashier: 'shut' });
  }
  return entry;
}

export function isPaid(order: WechatOrder): boolean {
  return order.state === 'SUCCESS' || order.state === 'REFUND';
}

export function isPaying(order: WechatOrder): boolean {
  return order.state === 'USERPAYING' || (order.state === 'NOTPAY' && order.cashier === 'paying');
}

/** Why a payment cannot begin now, or null when it can. */
export function refusalToBegin(order: WechatOrder, nowMs: number): string | null {
  if (order.state !== 'NOTPAY') return `it is ${order.state}`;
  if (nowMs > order.expiresAt) return 'its time_expire has passed';
  if (order.kind === 'codepay' || order.cashier !== 'shut') return null;
  const { field, lifeMs, age } = handouts[order.kind];
  return nowMs > order.codeMadeAt + lifeMs ? `its ${field} is ${age}` : null;
}

export function describeWechatOrder(order: WechatOrder, nowMs: number): OrderSnapshot {
  return {
    channel: 'wechat_pay',
    orderNo: order.orderNo,
    kind: order.kind,
    state: order.state,
    payable: isPaying(order) || refusalToBegin(order, nowMs) === null,
    paying: isPaying(order),
    amountFen: order.amountFen,
    refundedFen: order.refundedFen,
    code: order.code,
    notifyUrl: order.notifyUrl,
    tradeNo: order.transactionId,
    createdAt: new Date(order.createdAt),
    expiresAt: new Date(order.expiresAt),
    paidAt: order.paidAt === null ? null : new Date(order.paidAt),
  };
}
