import type { PendingReason } from '../order.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * Waits between attempts, ms, by the reason of the last one; the last wait repeats while the order is open. An order is
 * never abandoned, and never closed because of many attempts: it becomes *stuck* (see `alertAt`), alerts once, and is
 * retried slowly.
 */
const waits = {
  /** A password takes seconds. */
  user_paying: [5, 5, 5, 5, 5, 10, 10, 15, 30, 60, 300].map((s) => s * SECOND),
  /** On a close this often means "being paid right now", else too many calls. */
  rate_limited: [5, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
  unreachable: [5, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
  /** The channel accepted the close but does not show it yet: usually consistent within seconds. */
  not_confirmed: [1, 2, 5, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
  /** Quick retries cannot fix a key. */
  misconfigured: [MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE],
  mismatch: [30 * MINUTE],
  /** Refunds settle within seconds or minutes. */
  refunding: [10, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
  not_enough: [10 * MINUTE, 30 * MINUTE],
  /** The same data fails each time, until a new release or a person fixes it. */
  faulty_data: [MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE],
  /** At most until `notBefore`. Earlier as well, because a creation may complete, or somebody pay, at any time. */
  too_early: [5, 15, 30, 60, 300, 600, 1800].map((s) => s * SECOND),
} satisfies Record<PendingReason, number[]>;

/** The undecided attempt in a row that alerts a person, once. The first, if only a person can help. */
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

/** Up to this share is added to a wait, so that orders that failed together do not return together. */
const JITTER = 0.2;

/**
 * The wait, ms, after the `count`th undecided attempt in a row (from 1), whose reason is `reason`. Never less than
 * `demanded`, the channel's `minWaitMs`: jitter only adds.
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
 * The number of undecided attempts in a row, including this one. Waiting for a known time (`too_early`) is counted
 * separately, so it uses up none of the attempts that follow.
 */
export function countOf(
  reason: PendingReason,
  before: { reason: PendingReason | null; count: number },
): number {
  const sameRow = (before.reason === 'too_early') === (reason === 'too_early');
  return sameRow ? before.count + 1 : 1;
}

/** Whether the order is stuck (死信): its quick retries are used up, or only a person can help. */
export function isStuck(reason: PendingReason, count: number): boolean {
  return count >= alertAt[reason];
}

/** Whether to alert a person now: true once per series of undecided attempts, even if their reasons alternate. */
export function needsPerson(reason: PendingReason, count: number, wasStuck: boolean): boolean {
  return !wasStuck && isStuck(reason, count);
}
