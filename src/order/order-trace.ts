import { inTrace } from '../platform/log/trace.ts';
import type { PaymentOrder } from './order.ts';

/**
 * Does something about an order in the order's own trace, whoever asks for it: every log line of it and every channel call
 * is found by the id that the creation's are found by.
 */
export function inOrderTrace<T>(
  { traceId, orderNo, channel }: Pick<PaymentOrder, 'traceId' | 'orderNo' | 'channel'>,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  return inTrace(traceId, what, { 'autoclose.order_no': orderNo, 'autoclose.channel': channel }, work);
}
