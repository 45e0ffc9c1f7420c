import { setTimeout as wait } from 'node:timers/promises';
import type { MerchantNotice } from '../order/outbox/notice-entities.ts';
import { traceIdOf } from '../order/outbox/notice-snapshot.ts';
import { safeError } from '../platform/log/safe-error.ts';
import { inTrace } from '../platform/log/trace.ts';
import { claimNotice, deliverNotice, type NoticeDeps } from './deliver-notice.ts';
import { createHostShares } from './host-shares.ts';

/** Poll interval for due notices, ms; shorter (`MIN_POLL_MS`) if some wait for another send to end. */
const POLL_MS = 1_000;
const MIN_POLL_MS = 100;

/**
 * Sends due notices until stopped: at least once each, on their schedule. Any number of processes may run it. An
 * unavailable database only delays it.
 */
export function startNoticeRelay(deps: NoticeDeps, pollMs = POLL_MS): { stop(): Promise<void> } {
  const sends = new Set<Promise<void>>();
  const hosts = createHostShares();
  const stopping = new AbortController();
  let isMisplaced = false;
  let sendEnded = new AbortController();
  let isAway = false;
  const running = loop();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      sendEnded = new AbortController();
      const someWait = await sendDue().catch(onReadError);
      await pause(Math.min(MIN_POLL_MS, pollMs), stopping.signal);
      const signals = someWait ? [stopping.signal, sendEnded.signal] : [stopping.signal];
      await pause(pollMs - MIN_POLL_MS, AbortSignal.any(signals));
    }
  }

  /** True: more may be due, waiting for a send to end. Reads each host's notices separately, never its whole backlog. */
  async function sendDue(): Promise<boolean> {
    const starts: Promise<void>[] = [];
    const failures: unknown[] = [];
    let someWait = false;
    try {
      for (const host of hosts.inTurn(await deps.notices.dueHosts(deps.clock.now()))) {
        if (stopping.signal.aborted) break;
        const now = deps.clock.now();
        if (hosts.isResting(host, now)) continue;
        const room = hosts.room(host);
        const due = room === 0 ? [] : (await deps.notices.due(host, now, room)).filter(isOurs);
        if (due.length === room) someWait = true;
        for (const notice of due) {
          const start = inTrace(
            traceIdOf(notice.snapshot),
            'deliver merchant notice',
            attributesOf(notice),
            () => begin(notice),
          );
          starts.push(start.catch((error) => void failures.push(error)));
        }
      }
    } finally {
      await Promise.all(starts);
    }
    if (failures.length > 0) throw failures[0];
    onRead();
    return someWait;
  }

  /** Logs once: two programs share one database, and a person has to stop one of them. */
  function isOurs({ url, eventId }: MerchantNotice): boolean {
    if (deps.accepts(url)) return true;
    if (!isMisplaced)
      deps.log.error({ eventId }, 'merchant notice belongs to another program on this database; skipped');
    isMisplaced = true;
    return false;
  }

  /** Returns when the notice is claimed; the send continues. */
  async function begin(notice: MerchantNotice): Promise<void> {
    const { host } = notice;
    hosts.begun(host);
    const ended = (outcome: Parameters<typeof hosts.ended>[1]) =>
      hosts.ended(host, outcome, deps.clock.now());
    const token = await claimNotice(deps, notice).catch((error: unknown) => {
      ended(null);
      throw error;
    });
    if (token === null) return ended(null);
    const sending = deliverNotice(deps, notice, token)
      .catch((err: unknown) => {
        deps.log.warn(
          { err: safeError(err), eventId: notice.eventId },
          'merchant notice attempt interrupted; will retry',
        );
        return null;
      })
      .then((outcome) => {
        sends.delete(sending);
        ended(outcome);
        sendEnded.abort();
      });
    sends.add(sending);
  }

  /** Logs one line when the database fails and one when it is back. */
  function onReadError(err: unknown): false {
    if (!isAway && deps.outage?.reports(err) !== true)
      deps.log.error({ err: safeError(err) }, 'merchant notices cannot be read; they will be late');
    isAway = true;
    return false;
  }
  function onRead(): void {
    if (isAway) deps.log.info('merchant notices can be read again');
    isAway = false;
  }

  return {
    /** Claims no more notices, and waits for the current sends, which have their own time limit. */
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(sends);
    },
  };
}

const attributesOf = ({ orderNo, event, attempts }: MerchantNotice) => ({
  'autoclose.order_no': orderNo,
  'autoclose.event': event,
  'autoclose.attempt': attempts + 1,
});

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal }).catch(() => {});
}
