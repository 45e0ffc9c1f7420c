import { misconfigurationOf, type Work } from '../../channel/parts.ts';
import { type Answers, lastAnswer } from '../attempt/ask-channel.ts';
import { givingBack, outOfOrder, putOffUntil } from '../attempt/channel-now.ts';
import { countOf, isStuck, needsPerson, retryDelayMs } from '../attempt/retry.ts';
import type { OrderDeps } from '../deps.ts';
import type { SeenPayment } from '../late-payment.ts';
import { isIn } from '../lifecycle.ts';
import type { OrderStatus, PaymentOrder, PendingReason } from '../order.ts';
import type { CloseOutcome, CloseTrigger } from '../outcomes.ts';
import type { Retry } from '../payment/read-query.ts';
import { recordPayment } from '../payment/record-payment.ts';
import { learnWentBack } from '../payment/went-back.ts';
import type { AttemptOutcome, CloseRecord } from '../store/entities.ts';
import type { NewCloseRecord } from '../store/guarded-change.ts';

/** How often a softly closed order is asked about, ms. */
const WATCH_INTERVAL_MS = 30_000;
/** How long after the channel's last notification a closed order is looked at for the last time, ms. */
const LAST_LOOK_MARGIN_MS = 600_000;

/** What an attempt that decided nothing is called in the log. */
const unfinished = {
  close: 'order not closed yet',
  cancel: 'order not closed yet',
  sync: 'order not closed yet',
  watch: 'watch continues',
  refund: 'late payment not refunded yet',
  late: 'late payment not settled yet',
} satisfies Record<CloseRecord['closeType'], string>;

/** One attempt to close, made under the order's lease. */
export interface CloseAttempt {
  type: CloseRecord['closeType'];
  leased: PaymentOrder;
  trigger: CloseTrigger;
  answers: Answers;
  now: Date;
}

/** The order is closed; it is looked at again while a soft close is watched, and once more for the last time. */
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
    nextCloseAt: nextLookAt(deps, leased, watchUntil),
    retryReason: null,
    retryCount: 0,
  };
  const order = await deps.store.endAttempt(leased, set, closeRecord(attempt, 'closed', 'close'));
  if (order === null) return whoWasFaster(deps, leased);
  const lateMs = now.getTime() - leased.expiresAt.getTime();
  attemptLog(deps, attempt).info({ lateMs, watchUntil, answer: lastAnswer(attempt.answers) }, 'order closed');
  return { kind: 'closed', order };
}

/** The order is paid, known from the channel's query. */
export async function settlePaid(
  deps: OrderDeps,
  attempt: CloseAttempt,
  { payment }: { payment: SeenPayment },
): Promise<CloseOutcome> {
  const seen = await learnPayment(deps, attempt, payment);
  if (typeof seen === 'string') return settleRetry(deps, attempt, { reason: seen, notBefore: null });
  const record = closeRecord(attempt, 'paid', 'success');
  await recordPayment(deps, attempt.leased, seen, { record });
  const order = await deps.store.get(attempt.leased.id);
  if (order.status === 'refunded') return { kind: 'ended', status: 'refunded' };
  if (order.nextCloseAt === null) return { kind: 'paid', order };
  // A close that may have sent the money back had begun: now it must go back for certain.
  return {
    kind: 'pending',
    reason: 'refunding',
    answer: lastAnswer(attempt.answers),
    retryAt: order.nextCloseAt,
  };
}

/** The payment as it may be recorded, or why it may not yet: see `went-back.ts`. */
export async function learnPayment(
  deps: OrderDeps,
  { leased, now }: CloseAttempt,
  payment: SeenPayment,
): Promise<SeenPayment | PendingReason> {
  const channel = deps.channels.get(leased.channel);
  return channel === undefined ? 'misconfigured' : learnWentBack(channel, leased, payment, now);
}

/**
 * Nothing is decided; the next attempt is in the row. An attempt that failed because its channel is out of order is
 * recorded, but does not count against the order: that is the channel's failure, and has been told as such.
 */
export async function settleRetry(
  deps: OrderDeps,
  attempt: CloseAttempt,
  { reason, notBefore, paidFen }: Omit<Retry, 'kind'>,
): Promise<CloseOutcome> {
  const { leased, now } = attempt;
  // Money that belongs to no order: a violation at once, not when the order has been stuck for long.
  if (paidFen !== undefined) await deps.store.noteMismatch(leased, null, now);
  const answer = lastAnswer(attempt.answers);
  const out = blamesChannel(reason) ? outOfOrder(deps, workOf(deps, attempt), leased) : null;
  const downUntil = out === null || out.isWhole ? (out?.until ?? null) : putOffUntil(deps, out);
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
    return whoWasFaster(deps, leased);
  }
  const level = downUntil === null && tellsPerson(deps, attempt, reason, retryCount) ? 'error' : 'warn';
  const message = unfinished[attempt.type];
  attemptLog(deps, attempt)[level]({ reason, attempts: retryCount, retryAt, answer }, message);
  return { kind: 'pending', reason, answer, retryAt };
}

function blamesChannel(reason: PendingReason): boolean {
  return reason === 'unreachable' || reason === 'misconfigured';
}

/** Once in a row of attempts; and of what is misconfigured once for all of the channel's orders. */
function tellsPerson(deps: OrderDeps, attempt: CloseAttempt, reason: PendingReason, count: number): boolean {
  const { channel, method, stuckAt } = attempt.leased;
  if (!needsPerson(reason, count, stuckAt !== null)) return false;
  const work = workOf(deps, attempt);
  const operation = work === 'ask' ? 'query' : work === 'close' ? 'close' : 'refund';
  return reason !== 'misconfigured' || deps.tellOnce(misconfigurationOf(channel, { operation, method }));
}

/** What the attempt needed of the channel. */
function workOf(deps: OrderDeps, { type, leased }: CloseAttempt): Work {
  if (type === 'sync' || isIn('last_look', leased)) return 'ask';
  return type === 'refund' || leased.status === 'success' ? givingBack(deps, leased) : 'close';
}

/** The lease could not be had, or the guard did not hold: says what the order has become. */
export async function whoWasFaster(deps: OrderDeps, order: PaymentOrder): Promise<CloseOutcome> {
  const now = await deps.store.get(order.id);
  const { status, leaseUntil } = now;
  if (isIn('giving_back', now)) return { kind: 'ended', status: 'refunding' };
  if (status === 'progress') return { kind: 'busy', retryAt: leaseUntil ?? deps.clock.now() };
  return { kind: 'ended', status };
}

/** People may close before the expiry; timers may not. */
export function waitsForExpiry(trigger: CloseTrigger): boolean {
  return trigger.kind === 'timeout' || trigger.kind === 'sweep';
}

/**
 * When a closed order is asked about again: a softly closed one until its watch ends, and each for the last time
 * (核对) when the channel notifies no longer of a payment that was made before now.
 */
export function nextLookAt(deps: OrderDeps, { channel }: PaymentOrder, watchUntil: Date | null): Date {
  const now = deps.clock.now().getTime();
  if (watchUntil !== null) return new Date(Math.min(now + WATCH_INTERVAL_MS, watchUntil.getTime()));
  return new Date(now + (deps.channels.get(channel)?.notifiesForMs ?? 0) + LAST_LOOK_MARGIN_MS);
}

/** As long as the column: a record must not fail for a name. */
const ACTOR_LENGTH = 100;

export function closeRecord(
  { type, leased, trigger, answers, now }: CloseAttempt,
  outcome: AttemptOutcome,
  statusAfter: OrderStatus,
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
    actor: trigger.actor?.slice(0, ACTOR_LENGTH) ?? null,
    clientIp: trigger.clientIp,
    note: trigger.note ?? null,
    createdAt: now,
  };
}

export function attemptLog(deps: OrderDeps, { leased, trigger }: CloseAttempt) {
  return deps.log.child({ orderNo: leased.orderNo, channel: leased.channel, trigger: trigger.kind });
}
