import { assertNever } from '../../platform/assert-never.ts';
import { lastAnswer } from '../answers.ts';
import { type Attempt, attemptLog, closeRecord } from '../attempt/attempt.ts';
import { deferIfUnavailable } from '../attempt/availability.ts';
import { withLease } from '../attempt/lease.ts';
import { nextLookAt } from '../attempt/next-look.ts';
import { settleRetry } from '../attempt/settle-retry.ts';
import { askAndDecide } from '../close/close-order.ts';
import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';
import type { CloseTrigger } from '../outcomes.ts';
import { recordPayment } from '../payment/record-payment.ts';

/**
 * Watches a softly closed order (软关闭, 观察期) until its channel confirms that nobody can pay it anymore. Its code may
 * still be scanned: then it is closed for good at the channel, or becomes a late payment if somebody paid. Uses the calls
 * and the decision of `closeOrder`; the order stays closed throughout, and its row holds the time of the next query.
 * Throws only if the database is unreachable.
 */
export async function watchOrder(deps: OrderDeps, order: PaymentOrder, trigger: CloseTrigger): Promise<void> {
  if ((await deferIfUnavailable(deps, order, 'close', order.ending)) !== null) return;
  await withLease(deps, order, null, (leased) => watchLeased(deps, leased, trigger));
}

async function watchLeased(deps: OrderDeps, leased: PaymentOrder, trigger: CloseTrigger): Promise<void> {
  const { answers, decision } = await askAndDecide(deps, leased);
  const attempt = { type: 'watch' as const, leased, trigger, answers, now: deps.clock.now() };
  switch (decision.kind) {
    case 'close':
      return settleWatch(deps, attempt, decision.watchUntil);
    case 'paid': {
      const record = closeRecord(attempt, 'late', leased.status);
      const outcome = await recordPayment(deps, leased, decision.payment, { record });
      // Known already, as a late payment that waits for a person: nothing is left to watch.
      if (outcome === 'repeated') {
        const set = { watchUntil: null, nextCloseAt: null, retryReason: null, retryCount: 0 };
        await deps.store.endAttempt(leased, set, closeRecord(attempt, 'late', leased.status));
      }
      return;
    }
    case 'retry':
      await settleRetry(deps, attempt, decision);
      return;
    default:
      return assertNever(decision);
  }
}

/** Continues the watch of an unscanned code. If the order is closed at the channel or out of time, schedules the last look. */
async function settleWatch(deps: OrderDeps, attempt: Attempt, watchUntil: Date | null): Promise<void> {
  const { leased, answers } = attempt;
  const nextCloseAt = nextLookAt(deps, leased, watchUntil);
  const set = { watchUntil, nextCloseAt, retryReason: null, retryCount: 0 };
  await deps.store.endAttempt(leased, set, closeRecord(attempt, 'closed', leased.status));
  if (watchUntil === null) attemptLog(deps, attempt).info({ answer: lastAnswer(answers) }, 'watch ended');
}
