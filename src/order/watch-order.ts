import { assertNever } from '../platform/assert-never.ts';
import { lastAnswer } from './ask-channel.ts';
import { askAndDecide } from './close-order.ts';
import type { OrderDeps } from './deps.ts';
import { takeLease } from './lease.ts';
import { isDue, type PaymentOrder } from './order.ts';
import type { CloseTrigger } from './outcomes.ts';
import { recordPayment } from './record-payment.ts';
import { needsPerson, retryDelayMs } from './retry.ts';
import { attemptLog, type CloseAttempt, closeRecord, nextWatchAt } from './settle-close.ts';

/**
 * Asks again about a softly closed order (软关闭, 观察期) until its channel says that nobody can pay it any more:
 * its code may still be scanned, and then it is closed for good at the channel, or, if somebody paid, becomes a
 * late payment. The same close and the same decision as `closeOrder`; the order here stays closed throughout.
 *
 * Returns when to ask next; null when the watch has ended. Throws only when the database cannot be reached.
 */
export async function watchOrder(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<Date | null> {
  if (order.status !== 'close' || order.watchUntil === null) return null;
  if (!isDue(order, deps.clock.now())) return order.nextCloseAt;
  const leased = await takeLease(deps, order);
  if (leased === null) return (await deps.store.get(order.id)).leaseUntil;

  const { evidence, decision } = await askAndDecide(deps, leased);
  const attempt = { leased, trigger, evidence, answer: lastAnswer(evidence), now: deps.clock.now() };
  switch (decision.kind) {
    case 'close':
      return endWatch(deps, attempt, decision.watchUntil);
    case 'paid': {
      if (decision.refunded) return endWatch(deps, attempt, null);
      await recordPayment(deps, leased, decision.payment, { record: closeRecord(attempt, 'late', 'close') });
      return null;
    }
    case 'retry': {
      const { reason } = decision;
      const retryCount = leased.retryReason === reason ? leased.retryCount + 1 : 1;
      const wait = retryDelayMs(reason, retryCount, deps.random());
      const nextCloseAt = decision.notBefore ?? new Date(attempt.now.getTime() + wait);
      const set = { nextCloseAt, retryReason: reason, retryCount };
      await deps.store.endAttempt(leased, set, closeRecord(attempt, reason, 'close'));
      const level = needsPerson(reason, retryCount) ? 'error' : 'warn';
      attemptLog(deps, attempt)[level]({ reason, answer: attempt.answer }, 'watch goes on');
      return nextCloseAt;
    }
    default:
      return assertNever(decision);
  }
}

/** Nobody has touched it (until then watch on), or it is closed at the channel (then the watch is over). */
async function endWatch(
  deps: OrderDeps,
  attempt: CloseAttempt,
  watchUntil: Date | null,
): Promise<Date | null> {
  const nextCloseAt = nextWatchAt(attempt.now, watchUntil);
  const set = { watchUntil, nextCloseAt, retryReason: null, retryCount: 0 };
  await deps.store.endAttempt(attempt.leased, set, closeRecord(attempt, 'closed', 'close'));
  if (nextCloseAt === null) attemptLog(deps, attempt).info({ answer: attempt.answer }, 'watch ended');
  return nextCloseAt;
}
