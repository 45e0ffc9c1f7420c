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
 * Asks again about a softly closed order (软关闭, 观察期) until its channel says that nobody can pay it any more:
 * its code may still be scanned, and then it is closed for good at the channel, or, if somebody paid, becomes a
 * late payment. The same close and the same decision as `closeOrder`; the order here stays closed throughout, and
 * its row says when to ask next. Throws only when the database cannot be reached.
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
      // Known already, as a late payment that waits for a person: there is nothing left to look for.
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

/** Nobody has touched it: watch on. Or it is closed at the channel, or out of time: one last look remains. */
async function settleWatch(deps: OrderDeps, attempt: Attempt, watchUntil: Date | null): Promise<void> {
  const { leased, answers } = attempt;
  const nextCloseAt = nextLookAt(deps, leased, watchUntil);
  const set = { watchUntil, nextCloseAt, retryReason: null, retryCount: 0 };
  await deps.store.endAttempt(leased, set, closeRecord(attempt, 'closed', leased.status));
  if (watchUntil === null) attemptLog(deps, attempt).info({ answer: lastAnswer(answers) }, 'watch ended');
}
