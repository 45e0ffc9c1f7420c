import type { OrderStatus, PaymentOrder } from '../../../../src/order/order.ts';
import { mayBecome } from './accuse-row.ts';

/**
 * What was answered is true in the row: `outcome` is what a use case returned, and `row` is read right afterwards, when
 * others may have led the order on from there.
 */
export function accuseAnswer(outcome: unknown, row: PaymentOrder): string[] {
  if (hidesReturn(outcome, row))
    return ['a sync saw that all of the money has gone back, and the order is success'];
  const said = statesOf(outcome);
  if (said === null || said.states.some((state) => leadsTo(state, row.status))) return [];
  return [`${said.kind} was answered, but the order is ${row.status}`];
}

/**
 * What was asked for and is answered as under way is in the row: whatever dies, it goes on (G3). `asked` is what somebody
 * asked for, `outcome` what was answered, and `row` is read right afterwards.
 */
export function accusePromise(
  asked: string,
  outcome: unknown,
  { status, ending, latePaidAt }: PaymentOrder,
): string[] {
  const { kind } = (outcome ?? {}) as { kind?: unknown };
  // Closed before: money that comes later goes back, because the row says so.
  const isForgotten = status === 'close' && ending !== 'cancel' && latePaidAt === null;
  if (kind === 'cancelled' && isForgotten)
    return ['a cancel of a closed order was answered as done, and the row does not know of it'];
  if (kind !== 'busy' && kind !== 'pending') return [];
  const isKept =
    asked === 'cancel'
      ? ending === 'cancel' || (status !== 'progress' && status !== 'success')
      : asked !== 'close' || ending !== 'expiry' || status !== 'progress';
  return isKept ? [] : [`a ${asked} was answered as ${kind}, and the row does not know of it`];
}

/** The states that an answer speaks of; null: it promises none. */
function statesOf(outcome: unknown): { kind: string; states: OrderStatus[] } | null {
  if (typeof outcome !== 'object' || outcome === null || !('kind' in outcome)) return null;
  const { kind, status } = outcome as { kind: unknown; status?: unknown };
  switch (kind) {
    case 'closed':
      return { kind, states: ['close'] };
    case 'cancelled':
      // One that had ended unpaid is as cancelled as it can be.
      return { kind, states: ['cancel', 'close'] };
    case 'paid':
      return { kind, states: ['success', 'refunding'] };
    case 'ended':
      return typeof status === 'string' && status in mayBecome
        ? { kind: `ended as ${status}`, states: [status as OrderStatus] }
        : null;
    default:
      return null;
  }
}

/** Alipay alone says that all of it has gone. What is being given back, or waits for a person, is another's to end. */
function hidesReturn(outcome: unknown, { channel, status, nextCloseAt, stuckAt }: PaymentOrder): boolean {
  const isSettled = status === 'success' && nextCloseAt === null && stuckAt === null;
  if (channel !== 'ali_pay' || !isSettled || typeof outcome !== 'object' || outcome === null) return false;
  return 'channelStatus' in outcome && outcome.channelStatus === 'pay_refund';
}

/** What has been in the one state may be in the other, some changes later. */
export function leadsTo(from: OrderStatus, to: OrderStatus): boolean {
  const reached = new Set<OrderStatus>([from]);
  // A set grows while it is gone through: changes can lead in a circle.
  for (const state of reached) for (const next of mayBecome[state]) reached.add(next);
  return reached.has(to);
}
