import type { NoticeDeps } from './deliver-notice.ts';

/**
 * Requeues the notices of an order, or the one with this event id, on a fresh schedule and in any state. They keep their
 * event ids, and their attempts continue to count. Returns how many. A relay sends them.
 */
export async function resendNotices(
  { notices, clock, log }: Pick<NoticeDeps, 'notices' | 'clock' | 'log'>,
  reference: string,
): Promise<number> {
  const count = await notices.resend(reference, clock.now());
  if (count > 0) log.info({ reference, count }, 'merchant notices requeued');
  return count;
}
