import { nextSendInMs } from './schedule.ts';
import type { Sent } from './send-notice.ts';

/** The host did not answer: it may be left alone for a while. */
const isSilence: ReadonlySet<Sent['outcome']> = new Set([
  'timeout',
  'unreachable',
  'not_listening',
  'unknown_host',
  'bad_certificate',
]);

/** What a host has shown: `proven` answered SUCCESS to its last send, `silent` has not answered several in a row. */
type Trust = 'proven' | 'unproven' | 'silent';

/**
 * Sends under way at once in one process: to all hosts of one kind together, and to each of them. Whatever is dead
 * holds its own kind's share at most, so that who answers is told at once.
 */
const shares: Readonly<Record<Trust, { together: number; each: number }>> = {
  proven: { together: 100, each: 10 },
  unproven: { together: 60, each: 1 },
  silent: { together: 40, each: 1 },
};
/** Sends in a row without an answer that make a host silent. It rests after each further one, ms at most. */
const SILENT_FROM = 3;
const LONGEST_REST_MS = 600_000;
/** Hosts remembered; who is forgotten is unproven. */
const MAX_HOSTS = 10_000;

interface Host {
  isProven: boolean;
  silences: number;
  /** Epoch ms. */
  restsUntil: number;
}

/** Who may be sent to, and how often at once, by what each host's last sends came to. Kept in memory alone. */
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
     * The hosts, most overdue first, in the order in which they get what is free: the proven ones as they are, then
     * the others turned round, because the longest overdue are those that do not answer.
     */
    inTurn(hosts: readonly string[]): string[] {
      const isProven = (host: string) => trustOf(host) === 'proven';
      return [...hosts.filter(isProven), ...hosts.filter((host) => !isProven(host)).reverse()];
    },

    isResting(host: string, now: Date): boolean {
      return (known.get(host)?.restsUntil ?? 0) > now.getTime();
    },

    /** How many more sends to this host may begin. */
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

    /** A send is over, at `now`; null where nothing was sent. */
    ended(host: string, outcome: Sent['outcome'] | null, now: Date): void {
      count(host, -1);
      if (outcome !== null && isSilence.has(outcome)) {
        // What was under way beside the send that began its rest says nothing new.
        if ((known.get(host)?.restsUntil ?? 0) > now.getTime()) return;
        const silences = (known.get(host)?.silences ?? 0) + 1;
        // Never longer than the schedule of the one notice that was sent.
        const wait = silences < SILENT_FROM ? 0 : nextSendInMs(silences - SILENT_FROM + 1);
        const restMs = Math.min(wait ?? LONGEST_REST_MS, LONGEST_REST_MS);
        remember(host, { isProven: false, silences, restsUntil: now.getTime() + restMs });
      } else if (outcome === 'delivered') remember(host, { isProven: true, silences: 0, restsUntil: 0 });
      else if (outcome === 'wrong_status' || outcome === 'wrong_answer') known.delete(host);
    },
  };
}
