import { assertNever } from '../../platform/assert-never.ts';
import { lastAnswer } from '../answers.ts';
import { type Attempt, attemptLog, closeRecord } from '../attempt/attempt.ts';
import { configuredChannel, deferIfUnavailable, refundWork } from '../attempt/availability.ts';
import { withLease } from '../attempt/lease.ts';
import { nextLookAt } from '../attempt/next-look.ts';
import { settleRetry } from '../attempt/settle-retry.ts';
import { askAndDecide } from '../close/close-order.ts';
import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import type { PaymentOrder } from '../order.ts';
import type { CancelOutcome, CloseOutcome, CloseTrigger } from '../outcomes.ts';
import { recordPayment } from '../payment/record-payment.ts';
import { type GiveBackResult, giveBack, refundNoOf } from '../refund/give-back.ts';
import { cancelEnded } from './cancel-ended.ts';

/**
 * Cancels an order (撤销): an unpaid order is closed at its channel, with the calls and the decision of a close; a paid one
 * is refunded. Its status becomes `cancel`. A payment that arrives later is refunded, too.
 *
 * The request is in the row before the channel is called: if this process dies, the timer continues it. A payment that
 * arrives meanwhile is recorded and then refunded. `order` must be freshly loaded. Throws only if the database is
 * unreachable.
 */
export async function cancelOrder(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  if (order.status !== 'progress' && order.status !== 'success') return cancelEnded(deps, order, trigger);
  // A cancel that has begun continues: its refund may have been accepted in time.
  if (!isIn('giving_back', order) && isPastRefund(deps, order)) return { kind: 'unsupported' };
  const work = order.status === 'progress' ? 'close' : refundWork(deps, order);
  const pending = await deferIfUnavailable(deps, order, work, 'cancel');
  if (pending !== null) return pending;
  const outcome = await withLease(deps, order, 'cancel', (leased) => {
    const cancel = leased.status === 'progress' ? cancelUnpaid : cancelPaid;
    return cancel(deps, leased, trigger);
  });
  return outcome ?? cancelOutcomeAfterLostRace(deps, order, trigger);
}

function isPastRefund({ channels, clock }: OrderDeps, { channel, paidAt }: PaymentOrder): boolean {
  const windowMs = channels.get(channel)?.refundWindowMs;
  if (paidAt === null || windowMs === undefined) return false;
  return clock.now().getTime() - paidAt.getTime() > windowMs;
}

async function cancelUnpaid(
  deps: OrderDeps,
  leased: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  const { answers, decision } = await askAndDecide(deps, leased);
  const attempt = { type: 'cancel' as const, leased, trigger, answers, now: deps.clock.now() };
  switch (decision.kind) {
    case 'close':
      return settleCancelled(deps, attempt, { watchUntil: decision.watchUntil, refunded: false });
    case 'paid':
      await recordPayment(deps, leased, decision.payment, {
        record: closeRecord(attempt, 'paid', 'success'),
      });
      return cancelOrder(deps, await deps.store.get(leased.id), trigger);
    case 'retry':
      return asCancelOutcome(deps, attempt, await settleRetry(deps, attempt, decision));
    default:
      return assertNever(decision);
  }
}

async function cancelPaid(
  deps: OrderDeps,
  leased: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  const channel = configuredChannel(deps, leased);
  const result: GiveBackResult =
    channel === null
      ? { kind: 'retry', reason: 'misconfigured', answers: [] }
      : await giveBack(deps, channel, leased, 'cancel');
  const { answers } = result;
  const attempt = { type: 'cancel' as const, leased, trigger, answers, now: deps.clock.now() };
  switch (result.kind) {
    case 'given_back':
      return settleCancelled(deps, attempt, { watchUntil: null, refunded: true });
    case 'refused': {
      if (!result.mayBeGone) return settleRefused(deps, attempt);
      // It may be neither paid nor cancelled: merchants see `refunding` until a person has looked.
      await deps.refunds.end(refundNoOf(leased), 'refused', lastAnswer(answers), attempt.now);
      const unclear = { reason: 'mismatch', notBefore: null } as const;
      return asCancelOutcome(deps, attempt, await settleRetry(deps, attempt, unclear));
    }
    case 'retry': {
      const { reason } = result;
      return asCancelOutcome(deps, attempt, await settleRetry(deps, attempt, { reason, notBefore: null }));
    }
    default:
      return assertNever(result);
  }
}

async function settleCancelled(
  deps: OrderDeps,
  attempt: Attempt,
  { watchUntil, refunded }: { watchUntil: Date | null; refunded: boolean },
): Promise<CancelOutcome> {
  const { leased, now, answers } = attempt;
  const set = {
    status: 'cancel',
    closedAt: leased.closedAt ?? now,
    watchUntil,
    nextCloseAt: refunded ? null : nextLookAt(deps, leased, watchUntil),
    retryReason: null,
    retryCount: 0,
  } as const;
  if (refunded) await deps.refunds.end(refundNoOf(leased), 'done', lastAnswer(answers), now);
  const record = closeRecord(attempt, refunded ? 'refunded' : 'cancelled', 'cancel');
  const order = await deps.store.endAttempt(leased, set, record);
  if (order === null) return cancelOutcomeAfterLostRace(deps, leased, attempt.trigger);
  attemptLog(deps, attempt).info({ refunded, watchUntil, answer: lastAnswer(answers) }, 'order cancelled');
  return { kind: 'cancelled', order, refunded };
}

/** The channel refused the refund. The order stays paid and becomes stuck; a person must return the money. */
async function settleRefused(deps: OrderDeps, attempt: Attempt): Promise<CancelOutcome> {
  const { leased, now } = attempt;
  const answer = lastAnswer(attempt.answers);
  await deps.refunds.end(refundNoOf(leased), 'refused', answer, now);
  const set = { nextCloseAt: null, retryReason: null, retryCount: 0, stuckAt: now };
  await deps.store.endAttempt(leased, set, closeRecord(attempt, 'refused', leased.status));
  attemptLog(deps, attempt).error({ answer }, 'refund refused by the channel; refund by hand');
  return { kind: 'refused', answer };
}

/** Converts the outcome of `settleRetry`. */
async function asCancelOutcome(
  deps: OrderDeps,
  { leased, trigger }: Attempt,
  outcome: CloseOutcome,
): Promise<CancelOutcome> {
  if (outcome.kind === 'pending' || outcome.kind === 'busy') return outcome;
  return cancelOutcomeAfterLostRace(deps, leased, trigger);
}

/** Another process won: the order is busy, or has ended. */
async function cancelOutcomeAfterLostRace(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  const now = await deps.store.get(order.id);
  if (now.status !== 'progress' && now.status !== 'success') return cancelEnded(deps, now, trigger);
  return { kind: 'busy', retryAt: now.leaseUntil ?? deps.clock.now() };
}
