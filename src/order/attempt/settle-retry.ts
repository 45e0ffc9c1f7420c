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

/** What an attempt that decided nothing is called in the log. */
const unfinished = {
  close: 'order not closed yet',
  cancel: 'order not closed yet',
  sync: 'order not closed yet',
  watch: 'watch continues',
  refund: 'late payment not refunded yet',
  late: 'late payment not settled yet',
} satisfies Record<CloseRecord['closeType'], string>;

/** Nothing is decided; the attempt is repeated for `reason`. `paidFen`: a payment of another amount than the order's. */
export interface Retry {
  kind: 'retry';
  reason: PendingReason;
  /** Where the moment is known. */
  notBefore: Date | null;
  paidFen?: number;
}

export const retry = (reason: PendingReason, notBefore: Date | null = null): Retry => ({
  kind: 'retry',
  reason,
  notBefore,
});

/** Money that is not this order's. */
export const amountMismatch = (paidFen: number): Retry => ({ ...retry('mismatch'), paidFen });

/**
 * Nothing is decided; the next attempt is in the row. An attempt that failed because its channel is out of order is
 * recorded, but does not count against the order: that is the channel's failure, and has been told as such.
 */
export async function settleRetry(
  deps: OrderDeps,
  attempt: Attempt,
  { reason, notBefore, paidFen }: Omit<Retry, 'kind'>,
): Promise<CloseOutcome> {
  const { leased, now } = attempt;
  // Money that belongs to no order: a violation at once, not when the order has been stuck for long.
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
  // What somebody asked for goes on; what a timer began waits for its time again. A sync asks for nothing.
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

/** Once in a row of attempts; and of what is misconfigured once for all of the channel's orders. */
function isAlert(deps: OrderDeps, attempt: Attempt, reason: PendingReason, count: number): boolean {
  const { channel, method, stuckAt } = attempt.leased;
  if (!needsPerson(reason, count, stuckAt !== null)) return false;
  const work = workOf(deps, attempt);
  const operation = work === 'ask' ? 'query' : work === 'close' ? 'close' : 'refund';
  return reason !== 'misconfigured' || deps.shouldAlert(misconfigurationOf(channel, { operation, method }));
}

/** What the attempt needed of the channel. */
function workOf(deps: OrderDeps, { type, leased }: Attempt): Work {
  if (type === 'sync' || isIn('last_look', leased)) return 'ask';
  return type === 'refund' || leased.status === 'success' ? refundWork(deps, leased) : 'close';
}
