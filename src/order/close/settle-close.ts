import { lastAnswer } from '../answers.ts';
import { type Attempt, attemptLog, closeRecord, outcomeAfterLostRace } from '../attempt/attempt.ts';
import { nextLookAt } from '../attempt/next-look.ts';
import { settleRetry } from '../attempt/settle-retry.ts';
import type { OrderDeps } from '../deps.ts';
import type { ObservedPayment } from '../late-payment.ts';
import type { PendingReason } from '../order.ts';
import type { CloseOutcome } from '../outcomes.ts';
import { checkReturned } from '../payment/check-returned.ts';
import { recordPayment } from '../payment/record-payment.ts';

/** Records the close, and schedules the next query: the watch of a soft close, or the last look. */
export async function settleClosed(
  deps: OrderDeps,
  attempt: Attempt,
  { watchUntil }: { watchUntil: Date | null },
): Promise<CloseOutcome> {
  const { leased, now } = attempt;
  const set = {
    status: 'close',
    closedAt: now,
    watchUntil,
    nextCloseAt: nextLookAt(deps, leased, watchUntil),
    retryReason: null,
    retryCount: 0,
  } as const;
  const order = await deps.store.endAttempt(leased, set, closeRecord(attempt, 'closed', 'close'));
  if (order === null) return outcomeAfterLostRace(deps, leased);
  const lateMs = now.getTime() - leased.expiresAt.getTime();
  attemptLog(deps, attempt).info({ lateMs, watchUntil, answer: lastAnswer(attempt.answers) }, 'order closed');
  return { kind: 'closed', order };
}

/** Records the payment that the channel's query found. */
export async function settlePaid(
  deps: OrderDeps,
  attempt: Attempt,
  { payment }: { payment: ObservedPayment },
): Promise<CloseOutcome> {
  const seen = await checkPayment(deps, attempt, payment);
  if (typeof seen === 'string') return settleRetry(deps, attempt, { reason: seen, notBefore: null });
  const record = closeRecord(attempt, 'paid', 'success');
  await recordPayment(deps, attempt.leased, seen, { record });
  const order = await deps.store.get(attempt.leased.id);
  if (order.status === 'refunded') return { kind: 'ended', status: 'refunded' };
  if (order.nextCloseAt === null) return { kind: 'paid', order };
  // A reversal had begun and may have returned the money: now it must be returned for certain.
  return {
    kind: 'pending',
    reason: 'refunding',
    answer: lastAnswer(attempt.answers),
    retryAt: order.nextCloseAt,
  };
}

/** Returns the payment to record, or why it cannot be recorded yet; see `check-returned.ts`. */
export async function checkPayment(
  deps: OrderDeps,
  { leased, now }: Attempt,
  payment: ObservedPayment,
): Promise<ObservedPayment | PendingReason> {
  const channel = deps.channels.get(leased.channel);
  return channel === undefined ? 'misconfigured' : checkReturned(channel, leased, payment, now);
}
