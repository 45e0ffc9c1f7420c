import { assertNever } from '../../platform/assert-never.ts';
import type { Answers } from '../answers.ts';
import { answersOf, closeAtChannel } from '../attempt/ask-channel.ts';
import { outcomeAfterLostRace, waitsForExpiry } from '../attempt/attempt.ts';
import { deferIfUnavailable } from '../attempt/availability.ts';
import { withLease } from '../attempt/lease.ts';
import { settleRetry } from '../attempt/settle-retry.ts';
import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import { isDue, type PaymentOrder } from '../order.ts';
import type { CloseOutcome, CloseTrigger } from '../outcomes.ts';
import { type CloseDecision, decideClose } from './decide-close.ts';
import { settleClosed, settlePaid } from './settle-close.ts';

/**
 * Closes an unpaid order (关闭): at its channel first, then here. The one way to do it, for the timer, the API and the
 * command line alike; they differ only in what they do with the outcome.
 *
 * - Closes only on the channel's verified word that nobody can pay any more (G1), or softly and watched (G2).
 * - An order that turns out to be paid is recorded as paid.
 * - Whatever is not certain leaves it open, with the next attempt already in its row (G5).
 * - May run any number of times, in any number of processes, and die anywhere: the lease keeps attempts apart,
 *   the guarded UPDATE lets a payment win, and the row stays due until an attempt has ended (G3, G7).
 * - Every attempt leaves a close record (G8).
 *
 * `order` is as just loaded. Throws only when the database cannot be reached.
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
 * Closes at the channel, queries, and decides. Where the close would send money back, that is noted in the row first,
 * unless the order has been paid: then it is not closed, and a payment that comes later goes back (decision 6).
 *
 * Under another account than the order's own the channel would answer "no such order" about one that has been paid:
 * then it is not asked at all.
 */
export async function askAndDecide(
  deps: OrderDeps,
  leased: PaymentOrder,
): Promise<{ answers: Answers; decision: CloseDecision }> {
  const channel = deps.channels.get(leased.channel);
  if (channel === undefined || channel.account !== leased.channelAccount) {
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

/** What went back went back by our own reversal. That it was sent is in the row, which sees to the rest. */
function asReversed(decision: CloseDecision): CloseDecision {
  if (decision.kind !== 'paid') return decision;
  const { returned: _, ...payment } = decision.payment;
  return { kind: 'paid', payment };
}
