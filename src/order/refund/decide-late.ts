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
  /** It has no late payment that waits for a person. */
  | { kind: 'nothing_to_decide'; status: OrderStatus };

/**
 * A person's decision about a late payment (关单后支付) that waits for one: `refund` gives it back (again, if the channel
 * refused it before), `reopen` makes the order paid, `handled` says that it has been dealt with elsewhere; so it does of a
 * cancel whose refund was refused. Leaves a record. Throws only when the database cannot be reached.
 */
export async function decideLatePayment(
  deps: OrderDeps,
  numbers: OrderNumbers,
  decision: LateDecision,
  trigger: CloseTrigger,
): Promise<DecideLateOutcome> {
  const named = await deps.store.findNamed(numbers);
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
