import type { OrderDeps } from '../order/deps.ts';
import type { NoticeDeps } from './deliver-notice.ts';

/**
 * Requeues the notices of an order, or the one with this event id, on a fresh schedule and in any state. They keep their
 * event ids, and their attempts continue to count. Those of an archived order are moved back with it. Returns how many. A
 * relay sends them.
 */
export async function resendNotices(
  { notices, store, clock, log }: Pick<NoticeDeps, 'notices' | 'clock' | 'log'> & Pick<OrderDeps, 'store'>,
  reference: string,
): Promise<number> {
  const [first] = await notices.list(reference);
  if (first !== undefined) await store.findToChange(first.orderNo);
  const count = await notices.resend(reference, clock.now());
  if (count > 0) log.info({ reference, count }, 'merchant notices requeued');
  return count;
}
