import { nextSendInMs } from './schedule.ts';
import type { SendResult } from './send-notice.ts';

/** Outcomes that mean that the host did not answer. */
const isSilence: ReadonlySet<SendResult['outcome']> = new Set([
  'timeout',
  'unreachable',
  'not_listening',
  'unknown_host',
  'bad_certificate',
]);

/** How reliable a host is: `proven` answered its last send with SUCCESS, `silent` did not answer several in a row. */
type Trust = 'proven' | 'unproven' | 'silent';

/**
 * Concurrent sends in one process: to all hosts of one kind together, and to each host. Dead hosts use at most their own
 * kind's share, so that hosts that answer get their notices at once.
 */
const shares: Readonly<Record<Trust, { together: number; each: number }>> = {
  proven: { together: 100, each: 10 },
  unproven: { together: 60, each: 1 },
  silent: { together: 40, each: 1 },
};
/** A host is silent after so many unanswered sends in a row. It rests after each further one, at most so many ms. */
const SILENT_FROM = 3;
const LONGEST_REST_MS = 600_000;
/** Limit of remembered hosts; a forgotten one is unproven. */
const MAX_HOSTS = 10_000;

interface Host {
  isProven: boolean;
  silences: number;
  /** Epoch ms. */
  restsUntil: number;
}

/** Limits the sends per host by the outcomes of its last sends. In memory only. */
export function createHostShares() {
  const known = new Map<string, Host>();
  const underWay = new Map<string, number>();

  function trustOf(host: string): Trust {
    const { isProven = false, silences = 0 } = known.get(host) ?? {};
    if (silences >= SILENT_FROM) return 'silent';
    return isProven ? 'proven' : 'unproven';
  }

  function remember(host: string, what: Host): void {
    known.delete(host);
    known.set(host, what);
    const [oldest] = known.keys();
    if (known.size > MAX_HOSTS && oldest !== undefined) known.delete(oldest);
  }

  function count(host: string, change: 1 | -1): void {
    const now = (underWay.get(host) ?? 0) + change;
    if (now === 0) underWay.delete(host);
    else underWay.set(host, now);
  }

  return {
    /**
     * Orders the hosts (given most overdue first) by priority: first the proven ones, then the others in reverse, because
     * the most overdue of these are those that do not answer.
     */
    inTurn(hosts: readonly string[]): string[] {
      const isProven = (host: string) => trustOf(host) === 'proven';
      return [...hosts.filter(isProven), ...hosts.filter((host) => !isProven(host)).reverse()];
    },

    isResting(host: string, now: Date): boolean {
      return (known.get(host)?.restsUntil ?? 0) > now.getTime();
    },

    /** How many more sends to this host may start. */
    room(host: string): number {
      const trust = trustOf(host);
      const { together, each } = shares[trust];
      let taken = 0;
      for (const [other, count] of underWay) if (trustOf(other) === trust) taken += count;
      return Math.max(0, Math.min(together - taken, each - (underWay.get(host) ?? 0)));
    },

    begun(host: string): void {
      count(host, 1);
    },

    /** Records the end of a send at `now`. A null outcome: nothing was sent. */
    ended(host: string, outcome: SendResult['outcome'] | null, now: Date): void {
      count(host, -1);
      if (outcome !== null && isSilence.has(outcome)) {
        // Sends that ran in parallel with the one that started the rest add no information.
        if ((known.get(host)?.restsUntil ?? 0) > now.getTime()) return;
        const silences = (known.get(host)?.silences ?? 0) + 1;
        // Never longer than the notice's own schedule.
        const wait = silences < SILENT_FROM ? 0 : nextSendInMs(silences - SILENT_FROM + 1);
        const restMs = Math.min(wait ?? LONGEST_REST_MS, LONGEST_REST_MS);
        remember(host, { isProven: false, silences, restsUntil: now.getTime() + restMs });
      } else if (outcome === 'delivered') remember(host, { isProven: true, silences: 0, restsUntil: 0 });
      else if (outcome === 'wrong_status' || outcome === 'wrong_answer') known.delete(host);
    },
  };
}
