import type { PayMethod } from './basics.ts';
import type { ChannelName } from './names.ts';

/** The operations of a channel. */
export type Operation = 'create' | 'query' | 'close' | 'cancel' | 'refund' | 'query_refund';

/**
 * The scope of a circuit breaker (熔断): one operation, for one method if methods have separate interfaces and
 * permissions; `all`: the whole channel.
 */
export interface ChannelPart {
  operation: Operation | 'all';
  /** Null: the same for every method. */
  method: PayMethod | null;
}

/**
 * Work at a channel; each kind needs certain operations.
 * - `ask`: queries an order. All other work needs the query too, except a creation.
 * - `void`: returns money by voiding the payment; `cancel`: by the channel's cancel or by a refund; `refund`: by a
 *   refund.
 */
export type Work = 'create' | 'ask' | 'close' | 'void' | 'cancel' | 'refund';

const needs: Record<Work, readonly Operation[]> = {
  create: ['create'],
  ask: ['query'],
  close: ['close', 'query'],
  void: ['cancel', 'query_refund', 'query'],
  cancel: ['cancel', 'refund', 'query_refund', 'query'],
  refund: ['refund', 'query_refund', 'query'],
};

/** Channels grant creation per method (H5, JSAPI, code-pay), and code-pay orders are closed by another interface. */
const byMethod: ReadonlySet<Operation> = new Set(['create', 'close', 'cancel']);

/** Only these count for a whole channel's outage: the refund service may be down alone. */
const ofOrders: ReadonlySet<Operation> = new Set(['create', 'query', 'close']);

export const WHOLE_CHANNEL: ChannelPart = { operation: 'all', method: null };

export function partOf(operation: Operation, method: PayMethod): ChannelPart {
  return { operation, method: byMethod.has(operation) ? method : null };
}

export function partsFor(work: Work, method: PayMethod): ChannelPart[] {
  return needs[work].map((operation) => partOf(operation, method));
}

export function concernsOrders(operation: Operation): boolean {
  return ofOrders.has(operation);
}

/** For logs, metrics and the page: `close wap`, `query`, `all`. */
export function nameOfPart({ operation, method }: Readonly<ChannelPart>): string {
  return method === null ? operation : `${operation} ${method}`;
}

/**
 * Key of the rate-limited misconfiguration alert. Shared by everything that fails for the same reason: creation by
 * method, closing (query and close), returning money (cancel and refund).
 */
export function misconfigurationOf(channel: ChannelName, { operation, method }: ChannelPart): string {
  if (operation === 'create') return `misconfigured ${channel} create ${method}`;
  const endsOrders = operation === 'query' || operation === 'close';
  return `misconfigured ${channel} ${endsOrders ? 'close' : 'refund'}`;
}
