import { type Condition, type FieldsOf, holds, type LifecycleFields, toSql } from './condition.ts';
import type { Ending, OrderStatus, PaymentOrder } from './order.ts';

/**
 * The life of an order, written once: which state may follow which, in which phase an order is, and the conditions of its
 * changes, each for rows (`isIn`, `allows`) and for SQL (`where`). `docs/architecture.md` draws the transitions;
 * `test/order/lifecycle.db.test.ts` holds that rows and SQL agree.
 */
export const transitions = {
  /** Paid, closed or cancelled; or paid and refunded elsewhere in full before we knew. */
  progress: ['success', 'close', 'cancel', 'refunded'],
  /** A cancel or a reversal gave the money back; or it was refunded elsewhere in full. */
  success: ['cancel', 'refunded'],
  /** A late payment, by policy or by a person's decision. */
  close: ['refunding', 'refunded', 'success'],
  cancel: ['refunding'],
  refunding: ['refunded', 'success'],
  refunded: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>;

const ended = ['close', 'cancel'] as const;
const returning = ['cancel', 'reverse'] as const satisfies readonly Ending[];
const keeping = ['expiry', 'close'] as const satisfies readonly Ending[];
const idle = ['nextCloseAt', 'watchUntil'] as const;

/**
 * What an order waits for. Each order is in exactly one phase:
 * - `awaiting_payment`: the customer may pay. `closing`: it has expired, or somebody asked for its close.
 * - `cancelling`: somebody asked for its cancel. `giving_back`: paid, and a cancel or a reversal returns the money.
 * - `watched`: closed softly, its channel may still take money. `last_look`: ended, the channel is asked once more.
 * - `late_undecided`: paid after the close, and a person decides. `refunding`: that money goes back.
 * - `refund_refused`: the channel refused to give money back; a person does.
 * - `paid`, `ended`: nothing is left to do.
 */
export const phases = {
  awaiting_payment: [{ status: ['progress'], ending: ['expiry'], expired: false }],
  closing: [
    { status: ['progress'], ending: ['expiry'], expired: true },
    { status: ['progress'], ending: ['close', 'reverse'] },
  ],
  cancelling: [{ status: ['progress'], ending: ['cancel'] }],
  giving_back: [{ status: ['success'], ending: returning, has: ['nextCloseAt'] }],
  paid: [
    { status: ['success'], lacks: ['nextCloseAt', 'stuckAt'] },
    { status: ['success'], ending: keeping, has: ['nextCloseAt'] },
  ],
  watched: [{ status: ended, has: ['watchUntil'] }],
  last_look: [{ status: ended, has: ['nextCloseAt'], lacks: ['watchUntil'] }],
  late_undecided: [{ status: ['close'], has: ['latePaidAt'], lacks: [...idle, 'lateHandledAt'] }],
  refunding: [{ status: ['refunding'], has: ['nextCloseAt'] }],
  refund_refused: [
    { status: ['success'], has: ['stuckAt'], lacks: ['nextCloseAt'] },
    { status: ['refunding'], lacks: ['nextCloseAt', 'lateHandledAt'] },
  ],
  ended: [
    { status: ['close'], lacks: [...idle, 'latePaidAt'] },
    { status: ['close'], has: ['latePaidAt', 'lateHandledAt'], lacks: idle },
    { status: ['cancel'], lacks: idle },
    { status: ['refunding'], has: ['lateHandledAt'], lacks: ['nextCloseAt'] },
    { status: ['refunded'] },
  ],
} as const satisfies Record<string, readonly Condition[]>;
export type Phase = keyof typeof phases;

/** Conditions that are no phase: of what may be done with an order, and what may be written. */
export const conditions = {
  /** It has not ended. */
  open: [{ status: ['progress'] }],
  /** Nobody has asked to end it. */
  untouched: [{ status: ['progress'], ending: ['expiry'] }],
  /** A payment stays. */
  keepsPayment: [{ status: ['progress'], ending: keeping }],
  /** A payment goes back: a cancel or a reversal has begun. */
  returnsPayment: [{ status: ['progress'], ending: returning }],
  /** Paid, and no refund of ours is under way. */
  settled: [{ status: ['success'], lacks: ['nextCloseAt', 'stuckAt'] }],
  /** No payment of it is known. */
  unpaid: [{ status: ['progress', ...ended], lacks: ['paidAt', 'latePaidAt'] }],
  endedUnpaid: [{ status: ended, lacks: ['paidAt', 'latePaidAt'] }],
  closedUnpaid: [{ status: ['close'], lacks: ['paidAt', 'latePaidAt'] }],
  /** Ended, and money that arrives is wrong: nobody was watching for it. */
  unwatched: [{ status: ended, lacks: ['watchUntil', 'paidAt', 'latePaidAt'] }],
  /** Ended, and money that arrives goes back whatever the policy is. */
  refundsAnyPayment: [
    { status: ['cancel'], lacks: ['paidAt', 'latePaidAt'] },
    { status: ['close'], ending: returning, lacks: ['paidAt', 'latePaidAt'] },
  ],
  /** A close may still send money back, should somebody pay in this moment. */
  reversible: [{ status: ['progress', ...ended], lacks: ['latePaidAt'] }],
  cancellable: [{ status: ['progress', 'success'] }],
  /** A request to cancel changes something. */
  notCancelling: [
    { status: ['progress', 'success'], ending: ['expiry', 'close', 'reverse'] },
    { status: ['progress', 'success'], lacks: ['nextCloseAt'] },
  ],
  /** A cancel of it changes what becomes of late money. */
  closedNotCancelled: [{ status: ['close'], ending: ['expiry', 'close', 'reverse'], lacks: ['latePaidAt'] }],
  /** A late payment that a person has to decide about: kept by policy, or its refund was refused. */
  lateNeedsDecision: [
    { status: ['close', 'refunding'], has: ['latePaidAt'], lacks: ['lateHandledAt', 'nextCloseAt'] },
  ],
  /** The refund of a cancel was refused, or met money that had gone back in part: a person gives the rest back. */
  refusedCancel: [
    { status: ['success'], has: ['stuckAt'], lacks: ['nextCloseAt'] },
    { status: ['success'], has: ['stuckAt'], reason: ['mismatch'] },
  ],
  /** Something is left to do, which may begin again now. The last look waits for its time. */
  restartable: [
    { status: ['progress', 'refunding'], has: ['nextCloseAt'] },
    { status: ['progress', 'refunding', ...ended], has: ['stuckAt'] },
    { status: ['success'], ending: returning, has: ['nextCloseAt'] },
    { status: ['success'], ending: returning, has: ['stuckAt'] },
    { status: ended, has: ['watchUntil', 'nextCloseAt'] },
    { status: ended, due: true },
  ],
  /** Shown as watched: closed softly, and nobody has paid it since. */
  shownWatched: [{ status: ['close'], has: ['watchUntil'], lacks: ['latePaidAt'] }],
} as const satisfies Record<string, readonly Condition[]>;
export type ConditionName = keyof typeof conditions;

/** Each condition as SQL about `payment_order`; `:now` where time counts. */
export const where = Object.fromEntries(
  Object.entries(conditions).map(([name, alternatives]) => [name, toSql(alternatives)]),
) as Record<ConditionName, string>;
/** No operation has the order's lease. */
export const leaseFree = '(lease_until IS NULL OR lease_until <= :now)';

/** The phase of an order at `now`, on the database's clock. */
export function phaseOf(order: LifecycleFields, now: Date): Phase {
  for (const [phase, alternatives] of Object.entries(phases) as [Phase, readonly Condition[]][])
    if (alternatives.some((condition) => holds(condition, order, now))) return phase;
  throw new Error(`an order in no phase: ${order.status} ${order.ending}`);
}

type TimedPhase = 'awaiting_payment' | 'closing';
type PhaseFields<P extends Phase> = FieldsOf<(typeof phases)[P][number]>;

/** Whether the order is in this phase, which no passing of time changes. */
export function isIn<P extends Exclude<Phase, TimedPhase>>(
  phase: P,
  order: Pick<PaymentOrder, PhaseFields<P>>,
): boolean {
  return phases[phase].some((condition) => holds(condition, order as unknown as LifecycleFields, NEVER));
}

/** Whether the condition holds of the order at `now`. */
export function allows(name: ConditionName, order: LifecycleFields, now = NEVER): boolean {
  return conditions[name].some((condition) => holds(condition, order, now));
}

/** The state that merchants are shown. */
export function shownStatus(order: Pick<PaymentOrder, 'status' | PhaseFields<'giving_back'>>): OrderStatus {
  return isIn('giving_back', order) ? 'refunding' : order.status;
}

const NEVER = new Date(0);
