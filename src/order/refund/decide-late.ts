import { closeRecord } from '../attempt/attempt.ts';
import type { OrderDeps } from '../deps.ts';
import type { LateDecision } from '../late-payment.ts';
import type { OrderStatus, PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { CloseTrigger, OrderNumbers } from '../outcomes.ts';
import { alignTimer } from '../schedule/align-timer.ts';

export type DecideLateOutcome =
  | { kind: 'decided'; status: OrderStatus }
  | { kind: 'not_found' }
  /** No late payment of this order waits for a decision. */
  | { kind: 'nothing_to_decide'; status: OrderStatus };

/**
 * Applies a person's decision about a late payment (关单后支付): `refund` returns it (again, if the channel refused that
 * before), `reopen` makes the order paid, `handled` marks it as settled elsewhere, also for a cancel whose refund was
 * refused. Writes a record. Throws only if the database is unreachable.
 */
export async function decideLatePayment(
  deps: OrderDeps,
  numbers: OrderNumbers,
  decision: LateDecision,
  trigger: CloseTrigger,
): Promise<DecideLateOutcome> {
  const named = await deps.store.findNamedToChange(numbers);
  if (named === null || named.contradiction !== null) return { kind: 'not_found' };
  const { order } = named;
  return inOrderTrace(order, 'decide late payment', () => decide(deps, order, decision, trigger));
}

async function decide(
  deps: OrderDeps,
  order: PaymentOrder,
  decision: LateDecision,
  trigger: CloseTrigger,
): Promise<DecideLateOutcome> {
  const now = deps.clock.now();
  const handled = order.status === 'success' ? 'cancel' : order.status;
  const after: Record<LateDecision, OrderStatus> = { refund: 'refunding', reopen: 'success', handled };
  const statusAfter = after[decision];
  const attempt = { type: 'late' as const, leased: order, trigger, answers: [], now };
  const decided = await deps.store.decideLate(
    order,
    decision,
    closeRecord(attempt, decision, statusAfter),
    now,
  );
  const { status } = await alignTimer(deps, order.id);
  if (!decided) return { kind: 'nothing_to_decide', status };
  deps.log.info({ orderNo: order.orderNo, decision, actor: trigger.actor }, 'late payment decided');
  return { kind: 'decided', status };
}
