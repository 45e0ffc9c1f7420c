import { misconfigurationOf, type Work } from '../../channel/parts.ts';
import { lastAnswer } from '../answers.ts';
import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import type { PendingReason } from '../order.ts';
import type { CloseOutcome } from '../outcomes.ts';
import type { CloseRecord } from '../store/entities.ts';
import { type Attempt, attemptLog, closeRecord, outcomeAfterLostRace, waitsForExpiry } from './attempt.ts';
import { openBreaker, postponedUntil, refundWork } from './availability.ts';
import { countOf, isStuck, needsPerson, retryDelayMs } from './retry.ts';

/** The log message of an undecided attempt. */
const unfinished = {
  close: 'order not closed yet',
  cancel: 'order not closed yet',
  sync: 'order not closed yet',
  watch: 'watch continues',
  refund: 'late payment not refunded yet',
  late: 'late payment not settled yet',
} satisfies Record<CloseRecord['closeType'], string>;

/** Undecided: the attempt is retried for `reason`. `paidFen`: a payment of another amount than the order's. */
export interface Retry {
  kind: 'retry';
  reason: PendingReason;
  /** When it can be decided, if known. */
  notBefore: Date | null;
  paidFen?: number;
}

export const retry = (reason: PendingReason, notBefore: Date | null = null): Retry => ({
  kind: 'retry',
  reason,
  notBefore,
});

/** A payment that does not match the order's amount. */
export const amountMismatch = (paidFen: number): Retry => ({ ...retry('mismatch'), paidFen });

/**
 * Ends an undecided attempt and schedules the next one in the row. If the channel's circuit breaker is open, the attempt
 * is recorded but does not count against the order: the fault is the channel's, and the breaker has reported it.
 */
export async function settleRetry(
  deps: OrderDeps,
  attempt: Attempt,
  { reason, notBefore, paidFen }: Omit<Retry, 'kind'>,
): Promise<CloseOutcome> {
  const { leased, now } = attempt;
  // Money that matches no order is a violation immediately, not only once the order is stuck.
  if (paidFen !== undefined) await deps.store.recordMismatch(leased, null, now);
  const answer = lastAnswer(attempt.answers);
  const out = blamesChannel(reason) ? openBreaker(deps, workOf(deps, attempt), leased) : null;
  const downUntil = out === null || out.isWhole ? (out?.until ?? null) : postponedUntil(deps, out);
  const before = { reason: leased.retryReason, count: leased.retryCount };
  const retryCount = downUntil === null ? countOf(reason, before) : before.count;
  const demanded = deps.channels.get(leased.channel)?.minWaitMs;
  const wait =
    downUntil?.getTime() ?? now.getTime() + retryDelayMs(reason, retryCount, deps.random(), demanded);
  const retryAt = new Date(Math.min(wait, notBefore?.getTime() ?? Number.POSITIVE_INFINITY));
  // A request continues as a close or cancel; a timer's attempt or a sync keeps what the order was waiting for.
  const ending =
    waitsForExpiry(attempt.trigger) || attempt.type === 'sync'
      ? leased.ending
      : attempt.type === 'cancel'
        ? 'cancel'
        : 'close';
  const next = {
    at: retryAt,
    ending,
    reason: downUntil === null ? reason : leased.retryReason,
    count: retryCount,
    stuckAt:
      reason === 'too_early'
        ? null
        : (leased.stuckAt ?? (downUntil === null && isStuck(reason, retryCount) ? now : null)),
  };
  if (!(await deps.store.postponeAttempt(leased, next, closeRecord(attempt, reason, leased.status)))) {
    return outcomeAfterLostRace(deps, leased);
  }
  const level = downUntil === null && isAlert(deps, attempt, reason, retryCount) ? 'error' : 'warn';
  const message = unfinished[attempt.type];
  attemptLog(deps, attempt)[level]({ reason, attempts: retryCount, retryAt, answer }, message);
  return { kind: 'pending', reason, answer, retryAt };
}

function blamesChannel(reason: PendingReason): boolean {
  return reason === 'unreachable' || reason === 'misconfigured';
}

/** Alerts once per series of attempts, and for a misconfiguration once for all of the channel's orders. */
function isAlert(deps: OrderDeps, attempt: Attempt, reason: PendingReason, count: number): boolean {
  const { channel, method, stuckAt } = attempt.leased;
  if (!needsPerson(reason, count, stuckAt !== null)) return false;
  const work = workOf(deps, attempt);
  const operation = work === 'ask' ? 'query' : work === 'close' ? 'close' : 'refund';
  return reason !== 'misconfigured' || deps.shouldAlert(misconfigurationOf(channel, { operation, method }));
}

/** The channel operations that the attempt needed. */
function workOf(deps: OrderDeps, { type, leased }: Attempt): Work {
  if (type === 'sync' || isIn('last_look', leased)) return 'ask';
  return type === 'refund' || leased.status === 'success' ? refundWork(deps, leased) : 'close';
}
