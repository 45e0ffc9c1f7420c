import { change, type Versioned } from '../gateway/versioned.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import { handouts, type WechatKind } from './kinds.ts';

/** WeChat Pay closes an unpaid order after this time (order state page). */
const AUTO_CLOSE_MS = 7 * 24 * 3600_000;

/**
 * An order at WeChat Pay. Past `expiresAt` it is still NOTPAY: no payment can begin, but one in progress
 * can complete, and only `close` ends the order.
 */
export interface WechatOrder {
  orderNo: string;
  /** `codepay` orders are reversed, not closed. */
  kind: WechatKind;
  /** The whole create request, to distinguish a repetition from another order with the same number. */
  parameters: string;
  description: string;
  attach: string | null;
  amountFen: number;
  /** Null for a code payment, which is not notified: the merchant's terminal gets the answer. */
  notifyUrl: string | null;
  createdAt: number;
  expiresAt: number;
  /** An unpaid code payment is revoked after this time. */
  revokesAt: number | null;
  /** What the customer scans or opens; for a code payment, what the merchant scanned. */
  code: string;
  codeMadeAt: number;
  /** REVOKED, USERPAYING and PAYERROR occur only for code-pay orders. */
  state: 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED' | 'USERPAYING' | 'REVOKED' | 'PAYERROR';
  /** Not for code-pay orders: the customer has not scanned, sees the cashier, or is typing the password. */
  cashier: 'shut' | 'open' | 'paying';
  /** The payer, if the creation named one. */
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

/** The current order, after expiry and other effects of time. */
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

/** Why a payment cannot begin now, or null if it can. */
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
