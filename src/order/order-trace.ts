import { inTrace } from '../platform/log/trace.ts';
import type { PaymentOrder } from './order.ts';

/**
 * Runs `work` in the order's own trace: its log lines and channel calls carry the same trace id as the order's creation.
 * `what` names the span.
 */
export function inOrderTrace<T>(
  { traceId, orderNo, channel }: Pick<PaymentOrder, 'traceId' | 'orderNo' | 'channel'>,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  return inTrace(traceId, what, { 'autoclose.order_no': orderNo, 'autoclose.channel': channel }, work);
}
