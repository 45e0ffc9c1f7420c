import type { Answers } from '../answers.ts';
import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import type { OrderStatus, PaymentOrder } from '../order.ts';
import type { CloseOutcome, CloseTrigger } from '../outcomes.ts';
import type { AttemptOutcome, CloseRecord } from '../store/entities.ts';
import type { NewCloseRecord } from '../store/guarded-change.ts';

/** One attempt on an order, under its lease. */
export interface Attempt {
  type: CloseRecord['closeType'];
  leased: PaymentOrder;
  trigger: CloseTrigger;
  answers: Answers;
  now: Date;
}

/** People may close before the expiry; timers may not. */
export function waitsForExpiry({ kind }: Pick<CloseTrigger, 'kind'>): boolean {
  return kind === 'timeout' || kind === 'sweep';
}

/** Another process won: the lease was taken, or the guard did not hold. Reloads the order and returns its outcome. */
export async function outcomeAfterLostRace(deps: OrderDeps, order: PaymentOrder): Promise<CloseOutcome> {
  const now = await deps.store.get(order.id);
  const { status, leaseUntil } = now;
  if (isIn('giving_back', now)) return { kind: 'ended', status: 'refunding' };
  if (status === 'progress') return { kind: 'busy', retryAt: leaseUntil ?? deps.clock.now() };
  return { kind: 'ended', status };
}

/** The column's length: a long name must not make the record fail. */
const ACTOR_LENGTH = 100;

export function closeRecord(
  { type, leased, trigger, answers, now }: Attempt,
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
    answers,
    statusBefore: leased.status,
    statusAfter,
    actor: trigger.actor?.slice(0, ACTOR_LENGTH) ?? null,
    clientIp: trigger.clientIp,
    note: trigger.note ?? null,
    createdAt: now,
  };
}

export function attemptLog(deps: OrderDeps, { leased, trigger }: Attempt) {
  return deps.log.child({ orderNo: leased.orderNo, channel: leased.channel, trigger: trigger.kind });
}
