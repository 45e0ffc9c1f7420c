import type { NoticeDeps } from './deliver-notice.ts';

/**
 * Has the notices of an order, or the one with this event id, sent again now, on a fresh schedule, whatever became of
 * them. They keep their event ids, and their attempts are counted on. How many there are. A relay sends them.
 */
export async function resendNotices(
  { notices, clock, log }: Pick<NoticeDeps, 'notices' | 'clock' | 'log'>,
  reference: string,
): Promise<number> {
  const count = await notices.resend(reference, clock.now());
  if (count > 0) log.info({ reference, count }, 'merchant notices requeued');
  return count;
}
