import { assertNever } from '../../platform/assert-never.ts';
import type { Answers } from '../answers.ts';
import { answersOf, closeAtChannel } from '../attempt/ask-channel.ts';
import { outcomeAfterLostRace, waitsForExpiry } from '../attempt/attempt.ts';
import { configuredChannel, deferIfUnavailable } from '../attempt/availability.ts';
import { withLease } from '../attempt/lease.ts';
import { settleRetry } from '../attempt/settle-retry.ts';
import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import { isDue, type PaymentOrder } from '../order.ts';
import type { CloseOutcome, CloseTrigger } from '../outcomes.ts';
import { type CloseDecision, decideClose } from './decide-close.ts';
import { settleClosed, settlePaid } from './settle-close.ts';

/**
 * Closes an unpaid order (关单): first at its channel, then in the database. Timers, the API and the command line all
 * close through this function; they differ only in how they use the outcome.
 *
 * - Closes only when the channel's verified answer says that nobody can pay anymore (G1), or softly, under watch (G2).
 * - Records the payment if the order turns out to be paid.
 * - Leaves the order open if anything is uncertain; the row already holds the next attempt (G5).
 * - Is safe to repeat, to run in several processes and to crash anywhere: the lease admits one attempt at a time, a
 *   payment beats the guarded UPDATE, and the row stays due until an attempt ends (G3, G7).
 * - Writes a close record for every attempt (G8).
 *
 * `order` must be freshly loaded. Throws only if the database is unreachable.
 */
export async function closeOrder(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  if (isIn('giving_back', order)) return { kind: 'ended', status: 'refunding' };
  if (order.status !== 'progress') return { kind: 'ended', status: order.status };
  if (waitsForExpiry(trigger) && !isDue(order, deps.clock.now())) {
    return { kind: 'not_due', dueAt: order.nextCloseAt ?? order.expiresAt };
  }
  const intent = waitsForExpiry(trigger) ? null : 'close';
  const pending = await deferIfUnavailable(deps, order, 'close', intent ?? order.ending);
  if (pending !== null) return pending;
  const outcome = await withLease(deps, order, intent, (leased) => closeLeased(deps, leased, trigger));
  return outcome ?? outcomeAfterLostRace(deps, order);
}

async function closeLeased(
  deps: OrderDeps,
  leased: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  const { answers, decision } = await askAndDecide(deps, leased);
  const attempt = { type: 'close' as const, leased, trigger, answers, now: deps.clock.now() };
  switch (decision.kind) {
    case 'close':
      return settleClosed(deps, attempt, decision);
    case 'paid':
      return settlePaid(deps, attempt, decision);
    case 'retry':
      return settleRetry(deps, attempt, decision);
    default:
      return assertNever(decision);
  }
}

/**
 * Closes at the channel, queries it, and decides. A close that may refund a payment (a reversal) is first recorded in
 * the row, so that a payment seen later is returned (decision 6). If the order is paid by then, it is not closed.
 *
 * Never asks a channel under another account than the order's: it would answer "no such order" even for a paid one.
 */
export async function askAndDecide(
  deps: OrderDeps,
  leased: PaymentOrder,
): Promise<{ answers: Answers; decision: CloseDecision }> {
  const channel = configuredChannel(deps, leased);
  if (channel === null) {
    return {
      answers: [],
      decision: { kind: 'retry', reason: 'misconfigured', notBefore: null },
    };
  }
  let isReversing = false;
  const evidence = await closeAtChannel(channel, leased, deps.clock.now(), async () => {
    isReversing = await deps.store.beginReverse(leased);
    return isReversing;
  });
  const decision = decideClose(channel, leased, evidence, deps.clock.now());
  return { answers: answersOf(evidence), decision: isReversing ? asReversed(decision) : decision };
}

/** Our own reversal returned the money. The row records the reversal, and its timer completes it. */
function asReversed(decision: CloseDecision): CloseDecision {
  if (decision.kind !== 'paid') return decision;
  const { returned: _, ...payment } = decision.payment;
  return { kind: 'paid', payment };
}
