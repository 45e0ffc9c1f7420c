import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { MerchantNotice } from '../order/notice-entities.ts';
import { deliverNotice, type NoticeDeps } from './deliver-notice.ts';
import { SEND_TIMEOUT_MS } from './send-notice.ts';

/** How often due notices are looked for, ms. */
const POLL_MS = 1_000;
/** Sends under way at once in one process, and of these to one host: a dead host leaves the others their share. */
const MAX_SENDS = 200;
const MAX_SENDS_TO_HOST = 10;
/** How long a notice is kept from other senders, ms: longer than a send takes. */
const LEASE_MS = 2 * SEND_TIMEOUT_MS;

/**
 * Sends the notices whose time has come, until it is stopped: at least once each, as often as the schedule says, by
 * however many processes run this. A database that is away delays them and ends nothing.
 */
export function startNoticeRelay(deps: NoticeDeps): { stop(): Promise<void> } {
  const sends = new Set<Promise<void>>();
  const sendsTo = new Map<string, number>();
  let pause = new AbortController();
  let isStopping = false;
  let isAway = false;
  const running = loop();

  async function loop(): Promise<void> {
    while (!isStopping) {
      pause = new AbortController();
      await sendDue().catch(noteAway);
      await wait(POLL_MS, undefined, { signal: pause.signal }).catch(() => {});
    }
  }

  /** Rounds, because the first may have found nothing but notices for one host, which is at its bound then. */
  async function sendDue(): Promise<void> {
    for (;;) {
      const full = [...sendsTo].flatMap(([host, count]) => (count < MAX_SENDS_TO_HOST ? [] : [host]));
      const free = MAX_SENDS - sends.size;
      if (free <= 0 || isStopping) return;
      const due = await deps.notices.due(deps.clock.now(), free, full);
      await Promise.all(due.map(begin));
      noteBack();
      if (due.length < free) return;
    }
  }

  async function begin(notice: MerchantNotice): Promise<void> {
    const { host } = notice;
    if (isFull(host)) return;
    count(host, 1);
    const token = randomUUID();
    const now = deps.clock.now();
    const until = new Date(now.getTime() + LEASE_MS);
    const taken = await deps.notices.take(notice, { token, until }, now).catch((error: unknown) => {
      count(host, -1);
      throw error;
    });
    if (!taken) return count(host, -1);
    const sending = deliverNotice(deps, notice, token)
      .catch((err: unknown) => deps.log.warn({ err, eventId: notice.eventId }, 'notice will be sent again'))
      .finally(() => {
        sends.delete(sending);
        count(host, -1);
        pause.abort();
      });
    sends.add(sending);
  }

  function isFull(host: string): boolean {
    return (sendsTo.get(host) ?? 0) >= MAX_SENDS_TO_HOST;
  }

  function count(host: string, change: 1 | -1): void {
    const now = (sendsTo.get(host) ?? 0) + change;
    if (now === 0) sendsTo.delete(host);
    else sendsTo.set(host, now);
  }

  /** One line when the database goes and one when it is back. */
  function noteAway(err: unknown): void {
    if (!isAway) deps.log.error({ err }, 'notices cannot be read: merchants are told late');
    isAway = true;
  }
  function noteBack(): void {
    if (isAway) deps.log.info('notices can be read again');
    isAway = false;
  }

  return {
    /** Takes no more, and waits for the sends in hand, which their own limit ends. */
    async stop() {
      isStopping = true;
      pause.abort();
      await running;
      await Promise.all(sends);
    },
  };
}
