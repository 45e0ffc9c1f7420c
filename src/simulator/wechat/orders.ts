import type { OrderSnapshot } from '../snapshot.ts';
import { change, type Versioned } from '../versioned.ts';

/** A `code_url` lives two hours, whatever the order's own deadline (WeChat Pay native order page). */
const CODE_LIFE_MS = 2 * 3600_000;
/** An order that nobody closes is closed by WeChat Pay (order state page). */
const AUTO_CLOSE_MS = 7 * 24 * 3600_000;

/**
 * An order at WeChat Pay. Past `expiresAt` it is still NOTPAY: no payment can begin, but one that has begun
 * can end, and only `close` ends the order.
 */
export interface WechatOrder {
  orderNo: string;
  /** `codepay`: the merchant scans the customer (付款码). Such orders are reversed, not closed. */
  kind: 'native' | 'codepay';
  /** The whole create request, to tell a repetition from another order under the same number. */
  parameters: string;
  description: string;
  attach: string | null;
  amountFen: number;
  notifyUrl: string;
  createdAt: number;
  expiresAt: number;
  codeUrl: string;
  codeMadeAt: number;
  /** REVOKED, USERPAYING and PAYERROR happen to code-pay orders only. */
  state: 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED' | 'USERPAYING' | 'REVOKED' | 'PAYERROR';
  /** Native orders: the customer has not scanned, sees the cashier, or is typing the password. */
  cashier: 'shut' | 'open' | 'paying';
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
  const { state, cashier, createdAt, expiresAt } = entry.current;
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
  return nowMs > order.codeMadeAt + CODE_LIFE_MS ? 'its code_url is more than two hours old' : null;
}

export function describeWechatOrder(order: WechatOrder, nowMs: number): OrderSnapshot {
  return {
    channel: 'wechat_pay',
    orderNo: order.orderNo,
    state: order.state,
    payable: isPaying(order) || refusalToBegin(order, nowMs) === null,
    paying: isPaying(order),
    amountFen: order.amountFen,
    refundedFen: order.refundedFen,
    code: order.codeUrl,
    notifyUrl: order.notifyUrl,
    tradeNo: order.transactionId,
    createdAt: new Date(order.createdAt),
    expiresAt: new Date(order.expiresAt),
    paidAt: order.paidAt === null ? null : new Date(order.paidAt),
  };
}
