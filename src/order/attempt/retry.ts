import type { PendingReason } from '../order.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * Waits between attempts, ms, by why the last one did not end; the last wait repeats for as long as the order
 * is open. An order is never given up and never closed for being tried often enough: after the listed waits it
 * is *stuck*, a person is told once, and it goes on slowly.
 */
const waits = {
  /** A password takes seconds. */
  user_paying: [5, 5, 5, 5, 5, 10, 10, 15, 30, 60, 300].map((s) => s * SECOND),
  /** On a close often "being paid at this moment" as well, else too many calls: the same, but growing. */
  rate_limited: [5, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
  unreachable: [5, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
  /** The channel took the close but does not show it: usually consistent within seconds. */
  not_confirmed: [1, 2, 5, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
  /** Repeating quickly cannot mend a key. */
  misconfigured: [MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE],
  mismatch: [30 * MINUTE],
  /** Refunds settle within seconds or minutes. */
  refunding: [10, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
  not_enough: [10 * MINUTE, 30 * MINUTE],
  /** The same data fails each time; a new release, or a person, may put it right. */
  faulty_data: [MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE],
  /** At most until the moment that is waited for; earlier, because a creation under way may end, or somebody pay, at any time. */
  too_early: [5, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
} satisfies Record<PendingReason, number[]>;

/** From which undecided attempt in a row a person is told, once. Where only a person can help, at once. */
const alertAt = {
  user_paying: 11,
  rate_limited: 7,
  unreachable: 7,
  not_confirmed: 3,
  misconfigured: 1,
  mismatch: 1,
  refunding: 7,
  not_enough: 1,
  faulty_data: 1,
  too_early: Number.POSITIVE_INFINITY,
} satisfies Record<PendingReason, number>;

/** At most this share is added to a wait, so that orders that failed together do not come back together. */
const JITTER = 0.2;

/**
 * How long to wait, ms, after the `count`th undecided attempt in a row (from 1), the last of which ended for this
 * reason, and not less than `demanded` says, the channel's `minWaitMs`. Jitter only ever adds.
 */
export function retryDelayMs(
  reason: PendingReason,
  count: number,
  random: number,
  demanded: Readonly<Partial<Record<PendingReason, number>>> = {},
): number {
  const list = waits[reason];
  const wait = Math.max(list[Math.min(count, list.length) - 1] ?? MINUTE, demanded[reason] ?? 0);
  return Math.round(wait * (1 + JITTER * random));
}

/**
 * The number of undecided attempts in a row, this one included. Waiting for a moment that is known (`too_early`) spends none
 * of the attempts of what comes after it.
 */
export function countOf(
  reason: PendingReason,
  before: { reason: PendingReason | null; count: number },
): number {
  const sameRow = (before.reason === 'too_early') === (reason === 'too_early');
  return sameRow ? before.count + 1 : 1;
}

/** True where the fast attempts are used up, or only a person can help: the order is stuck (死信). */
export function isStuck(reason: PendingReason, count: number): boolean {
  return count >= alertAt[reason];
}

/** True once in a row of undecided attempts, however their reasons alternate: now tell a person. */
export function needsPerson(reason: PendingReason, count: number, wasStuck: boolean): boolean {
  return !wasStuck && isStuck(reason, count);
}
