import { change, type Versioned } from '../gateway/versioned.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import type { AlipayKind } from './kinds.ts';

/**
 * An order at Alipay. `precreate` creates only an intent with a code: query and close find no trade
 * until a customer scans (Alipay's engineers and Q&A pages; the API pages do not mention it). Every
 * other kind has its trade from the start.
 */
export interface AlipayOrder {
  orderNo: string;
  kind: AlipayKind;
  /** The whole create request, to distinguish a repetition from another order with the same number. */
  parameters: string;
  subject: string;
  amountFen: number;
  notifyUrl: string | null;
  createdAt: number;
  /** What the customer scans, or what the merchant scanned; empty if there is neither. */
  code: string;
  /** A code is valid for two hours at most, and never longer than `payBy`. */
  codeExpiresAt: number;
  /** An unpaid trade is closed after this time. */
  payBy: number;
  trade: AlipayTrade | null;
}

export interface AlipayTrade {
  tradeNo: string;
  status: 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_FINISHED' | 'TRADE_CLOSED';
  createdAt: number;
  /** The customer is typing the password. A close succeeds all the same. */
  paying: boolean;
  /** Kept after a full refund closes the trade. */
  paidAt: number | null;
  refunds: readonly AlipayRefund[];
}

export interface AlipayRefund {
  requestNo: string;
  amountFen: number;
  settlesAt: number;
}

export interface AlipayLedger {
  orders: Map<string, Versioned<AlipayOrder>>;
}

/** The current order, after expiry and other effects of time. */
export function findAlipayOrder(
  ledger: AlipayLedger,
  orderNo: string,
  nowMs: number,
): Versioned<AlipayOrder> | null {
  const entry = ledger.orders.get(orderNo);
  if (entry === undefined) return null;
  const { trade, payBy } = entry.current;
  if (trade?.status === 'WAIT_BUYER_PAY' && nowMs > payBy) changeTrade(entry, trade, nowMs, closed);
  return entry;
}

/** Finds an order by the channel's number, which takes precedence, or by the merchant's. */
export function orderNoOfTrade(ledger: AlipayLedger, tradeNo: string): string | null {
  for (const { current } of ledger.orders.values()) {
    if (current.trade?.tradeNo === tradeNo) return current.orderNo;
  }
  return null;
}

export const closed = { status: 'TRADE_CLOSED', paying: false } as const;

export function changeTrade(
  entry: Versioned<AlipayOrder>,
  trade: AlipayTrade,
  nowMs: number,
  patch: Partial<AlipayTrade>,
): AlipayTrade {
  const changed = { ...trade, ...patch };
  change(entry, nowMs, { trade: changed });
  return changed;
}

export function refundedFen(trade: AlipayTrade): number {
  return trade.refunds.reduce((sum, refund) => sum + refund.amountFen, 0);
}

/** Why the order cannot be paid now, or null if it can. */
export function refusalToPay({ trade, codeExpiresAt, payBy }: AlipayOrder, nowMs: number): string | null {
  if (trade === null) return nowMs > codeExpiresAt ? 'its code has expired' : null;
  if (trade.status !== 'WAIT_BUYER_PAY') return `it is ${trade.status}`;
  return nowMs > payBy ? 'its time_expire has passed' : null;
}

export function describeAlipayOrder(order: AlipayOrder, nowMs: number): OrderSnapshot {
  const { trade } = order;
  return {
    channel: 'ali_pay',
    orderNo: order.orderNo,
    kind: order.kind,
    state: trade?.status ?? 'NO_TRADE',
    payable: refusalToPay(order, nowMs) === null,
    paying: trade?.paying ?? false,
    amountFen: order.amountFen,
    refundedFen: trade === null ? 0 : refundedFen(trade),
    code: order.code,
    notifyUrl: order.notifyUrl,
    tradeNo: trade?.tradeNo ?? null,
    createdAt: new Date(order.createdAt),
    expiresAt: new Date(trade === null ? order.codeExpiresAt : order.payBy),
    paidAt: typeof trade?.paidAt === 'number' ? new Date(trade.paidAt) : null,
  };
}
