import type { ChannelPayment } from '../channel/channel.ts';
import { type Answers, lastAnswer } from './ask-channel.ts';
import { outOfOrderUntil } from './channel-now.ts';
import type { OrderDeps } from './deps.ts';
import type { CloseRecord } from './entities.ts';
import type { PaymentOrder, PendingReason } from './order.ts';
import type { CloseOutcome, CloseTrigger } from './outcomes.ts';
import { recordPayment } from './record-payment.ts';
import { isStuck, needsPerson, retryDelayMs } from './retry.ts';
import type { NewCloseRecord } from './store.ts';

/** How often a softly closed order is asked about, ms. */
const WATCH_INTERVAL_MS = 30_000;

/** One attempt to close, made under the order's lease. */
export interface CloseAttempt {
  type: CloseRecord['closeType'];
  leased: PaymentOrder;
  trigger: CloseTrigger;
  answers: Answers;
  now: Date;
}

/** The order is closed; a soft close keeps a timer for its watch. */
export async function settleClosed(
  deps: OrderDeps,
  attempt: CloseAttempt,
  { watchUntil }: { watchUntil: Date | null },
): Promise<CloseOutcome> {
  const { leased, now } = attempt;
  const set = {
    // A wish to cancel may have come while this close was under way.
    status: () => "IF(ending = 'cancel', 'cancel', 'close')",
    closedAt: now,
    watchUntil,
    nextCloseAt: nextWatchAt(now, watchUntil),
    retryReason: null,
    retryCount: 0,
  };
  if (!(await deps.store.endAttempt(leased, set, closeRecord(attempt, 'closed', 'close')))) {
    return whoWasFaster(deps, leased);
  }
  const lateMs = now.getTime() - leased.expiresAt.getTime();
  attemptLog(deps, attempt).info({ lateMs, watchUntil, answer: lastAnswer(attempt.answers) }, 'order closed');
  return { kind: 'closed', order: await deps.store.get(leased.id) };
}

/** The order is paid, known from the channel's query. */
export async function settlePaid(
  deps: OrderDeps,
  attempt: CloseAttempt,
  { payment }: { payment: ChannelPayment },
): Promise<CloseOutcome> {
  const record = closeRecord(attempt, 'paid', 'success');
  await recordPayment(deps, attempt.leased, payment, { record });
  return { kind: 'paid', order: await deps.store.get(attempt.leased.id) };
}

/**
 * Nothing is decided; the next attempt is in the row. An attempt that failed because its channel is out of order is
 * recorded, but does not count against the order: that is the channel's failure, and has been told as such.
 */
export async function settleRetry(
  deps: OrderDeps,
  attempt: CloseAttempt,
  { reason, notBefore }: { reason: PendingReason; notBefore: Date | null },
): Promise<CloseOutcome> {
  const { leased, now } = attempt;
  const answer = lastAnswer(attempt.answers);
  const downUntil = blamesChannel(reason) ? outOfOrderUntil(deps, leased) : null;
  const retryCount = leased.retryCount + (downUntil === null ? 1 : 0);
  const wait = downUntil?.getTime() ?? now.getTime() + retryDelayMs(reason, retryCount, deps.random());
  const retryAt = new Date(Math.min(wait, notBefore?.getTime() ?? Number.POSITIVE_INFINITY));
  // What somebody asked for goes on; what a timer began waits for its time again.
  const ending = waitsForExpiry(attempt.trigger)
    ? leased.ending
    : attempt.type === 'cancel'
      ? 'cancel'
      : 'close';
  const next = {
    at: retryAt,
    ending,
    reason: downUntil === null ? reason : leased.retryReason,
    count: retryCount,
    stuckAt: leased.stuckAt ?? (downUntil === null && isStuck(reason, retryCount) ? now : null),
  };
  if (!(await deps.store.postponeAttempt(leased, next, closeRecord(attempt, reason, leased.status)))) {
    return whoWasFaster(deps, leased);
  }
  const level = downUntil === null && tellsPerson(deps, leased, reason, retryCount) ? 'error' : 'warn';
  const message = attempt.type === 'watch' ? 'watch goes on' : 'order not closed yet';
  attemptLog(deps, attempt)[level]({ reason, attempts: retryCount, retryAt, answer }, message);
  return { kind: 'pending', reason, answer, retryAt };
}

function blamesChannel(reason: PendingReason): boolean {
  return reason === 'unreachable' || reason === 'misconfigured';
}

/** Once in a row of attempts; and of what is misconfigured once for all of the channel's orders. */
function tellsPerson(
  deps: OrderDeps,
  { channel, retryReason, retryCount }: PaymentOrder,
  reason: PendingReason,
  count: number,
): boolean {
  if (!needsPerson(reason, count, { reason: retryReason, count: retryCount })) return false;
  return reason !== 'misconfigured' || deps.tellOnce(`misconfigured ${channel}`);
}

/** The lease could not be had, or the guard did not hold: says what the order has become. */
export async function whoWasFaster(deps: OrderDeps, order: PaymentOrder): Promise<CloseOutcome> {
  const { status, leaseUntil } = await deps.store.get(order.id);
  if (status === 'progress') return { kind: 'busy', retryAt: leaseUntil ?? deps.clock.now() };
  return { kind: 'ended', status };
}

/** People may close before the expiry; timers may not. */
export function waitsForExpiry(trigger: CloseTrigger): boolean {
  return trigger.kind === 'timeout' || trigger.kind === 'sweep';
}

/** When a softly closed order is asked about again; null when it is watched no longer. */
export function nextWatchAt(now: Date, watchUntil: Date | null): Date | null {
  if (watchUntil === null) return null;
  return new Date(Math.min(now.getTime() + WATCH_INTERVAL_MS, watchUntil.getTime()));
}

export function closeRecord(
  { type, leased, trigger, answers, now }: CloseAttempt,
  outcome: string,
  statusAfter: string,
): NewCloseRecord {
  return {
    orderId: leased.id,
    orderNo: leased.orderNo,
    bizOrderNo: leased.bizOrderNo,
    channel: leased.channel,
    closeType: type,
    trigger: trigger.kind,
    attempt: leased.closeAttempts,
    outcome,
    ...answers,
    statusBefore: leased.status,
    statusAfter,
    actor: trigger.actor,
    clientIp: trigger.clientIp,
    createdAt: now,
  };
}

export function attemptLog(deps: OrderDeps, { leased, trigger }: CloseAttempt) {
  return deps.log.child({ orderNo: leased.orderNo, channel: leased.channel, trigger: trigger.kind });
}
