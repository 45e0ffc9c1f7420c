import { type Condition, type FieldsOf, holds, type LifecycleFields, toSql } from './condition.ts';
import type { Ending, OrderStatus, PaymentOrder } from './order.ts';

/**
 * The lifecycle of an order, defined once: its transitions, its phases, and the conditions of its changes. Each is
 * available for rows (`isIn`, `allows`) and as SQL (`where`). `docs/architecture.md` draws the transitions;
 * `test/order/lifecycle.db.test.ts` checks that rows and SQL agree.
 */
export const transitions = {
  /** Paid, closed or cancelled; or paid and fully refunded elsewhere before we knew. */
  progress: ['success', 'close', 'cancel', 'refunded'],
  /** A cancel or a reversal returned the money; or it was fully refunded elsewhere. */
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
 * - `awaiting_payment`: the customer may pay. `closing`: it has expired, or its close was requested.
 * - `cancelling`: its cancel was requested. `giving_back`: paid, and a cancel or a reversal returns the money.
 * - `watched`: softly closed, the channel may still accept money. `last_look`: ended, one more query remains.
 * - `late_undecided`: paid after the close, a person decides. `refunding`: that money goes back.
 * - `refund_refused`: the channel refused the refund; a person must return the money.
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

/** Conditions other than phases: what may be done with an order, and what may be written to it. */
export const conditions = {
  /** It has not ended. */
  open: [{ status: ['progress'] }],
  /** Due, and waiting for a worker. A stuck one waits for a person. */
  overdue: [{ status: ['progress'], due: true, lacks: ['stuckAt'] }],
  /** Open, and nobody has requested its end. */
  untouched: [{ status: ['progress'], ending: ['expiry'] }],
  /** A payment that arrives is kept. */
  keepsPayment: [{ status: ['progress'], ending: keeping }],
  /** A payment that arrives goes back: a cancel or a reversal has begun. */
  returnsPayment: [{ status: ['progress'], ending: returning }],
  /** Paid, and none of our refunds is in progress. */
  settled: [{ status: ['success'], lacks: ['nextCloseAt', 'stuckAt'] }],
  /** No payment is known. */
  unpaid: [{ status: ['progress', ...ended], lacks: ['paidAt', 'latePaidAt'] }],
  endedUnpaid: [{ status: ended, lacks: ['paidAt', 'latePaidAt'] }],
  closedUnpaid: [{ status: ['close'], lacks: ['paidAt', 'latePaidAt'] }],
  /** Ended and not watched: a payment that arrives is a violation. */
  unwatched: [{ status: ended, lacks: ['watchUntil', 'paidAt', 'latePaidAt'] }],
  /** Ended, and a payment that arrives goes back under any policy. */
  refundsAnyPayment: [
    { status: ['cancel'], lacks: ['paidAt', 'latePaidAt'] },
    { status: ['close'], ending: returning, lacks: ['paidAt', 'latePaidAt'] },
  ],
  /** A close may still refund a payment made at this moment. */
  reversible: [{ status: ['progress', ...ended], lacks: ['latePaidAt'] }],
  cancellable: [{ status: ['progress', 'success'] }],
  /** A cancel request would change something. */
  notCancelling: [
    { status: ['progress', 'success'], ending: ['expiry', 'close', 'reverse'] },
    { status: ['progress', 'success'], lacks: ['nextCloseAt'] },
  ],
  /** A cancel would change what happens to a late payment. */
  closedNotCancelled: [{ status: ['close'], ending: ['expiry', 'close', 'reverse'], lacks: ['latePaidAt'] }],
  /** A person must decide about its late payment: kept by policy, or its refund was refused. */
  lateNeedsDecision: [
    { status: ['close', 'refunding'], has: ['latePaidAt'], lacks: ['lateHandledAt', 'nextCloseAt'] },
  ],
  /** The refund of its cancel was refused, or met a partly refunded payment: a person returns the rest. */
  refusedCancel: [
    { status: ['success'], has: ['stuckAt'], lacks: ['nextCloseAt'] },
    { status: ['success'], has: ['stuckAt'], reason: ['mismatch'] },
  ],
  /** It has work left that may start again now. A last look waits for its time. */
  restartable: [
    { status: ['progress', 'refunding'], has: ['nextCloseAt'] },
    { status: ['progress', 'refunding', ...ended], has: ['stuckAt'] },
    { status: ['success'], ending: returning, has: ['nextCloseAt'] },
    { status: ['success'], ending: returning, has: ['stuckAt'] },
    { status: ended, has: ['watchUntil', 'nextCloseAt'] },
    { status: ended, due: true },
  ],
  /** In the phase `paid` or `ended`, without a timer, and not stuck: it may be archived. */
  finished: [
    { status: ['success', 'cancel', 'refunded'], lacks: [...idle, 'stuckAt'] },
    { status: ['close'], lacks: [...idle, 'stuckAt', 'latePaidAt'] },
    { status: ['close', 'refunding'], has: ['latePaidAt', 'lateHandledAt'], lacks: [...idle, 'stuckAt'] },
  ],
  /** Shown as watched: softly closed, and not paid since. */
  shownWatched: [{ status: ['close'], has: ['watchUntil'], lacks: ['latePaidAt'] }],
} as const satisfies Record<string, readonly Condition[]>;
export type ConditionName = keyof typeof conditions;

/** The statuses that every order under this condition may change to: a write of another one does not compile. */
export type StatusAfter<N extends ConditionName> = TargetOfEach<
  (typeof conditions)[N][number]['status'][number]
>;
type TargetOfEach<From extends OrderStatus> = (
  From extends OrderStatus
    ? (to: (typeof transitions)[From][number]) => void
    : never
) extends (to: infer To) => void
  ? To
  : never;

/** Each condition as SQL on `payment_order`, with `:now` if it depends on time. */
export const where = Object.fromEntries(
  Object.entries(conditions).map(([name, alternatives]) => [name, toSql(alternatives)]),
) as Record<ConditionName, string>;
/** No operation holds the order's lease. */
export const leaseFree = '(lease_until IS NULL OR lease_until <= :now)';

/** The phase of an order at `now`, on the database's clock. */
export function phaseOf(order: LifecycleFields, now: Date): Phase {
  for (const [phase, alternatives] of Object.entries(phases) as [Phase, readonly Condition[]][])
    if (alternatives.some((condition) => holds(condition, order, now))) return phase;
  throw new Error(`order is in no phase: ${order.status} ${order.ending}`);
}

type TimedPhase = 'awaiting_payment' | 'closing';
type PhaseFields<P extends Phase> = FieldsOf<(typeof phases)[P][number]>;

/** Whether the order is in this phase. Only for phases that do not depend on the time. */
export function isIn<P extends Exclude<Phase, TimedPhase>>(
  phase: P,
  order: Pick<PaymentOrder, PhaseFields<P>>,
): boolean {
  return phases[phase].some((condition) => holds(condition, order as unknown as LifecycleFields, NEVER));
}

/** Whether the condition holds for the order at `now`. */
export function allows(name: ConditionName, order: LifecycleFields, now = NEVER): boolean {
  return conditions[name].some((condition) => holds(condition, order, now));
}

/** The status that merchants see. */
export function shownStatus(order: Pick<PaymentOrder, 'status' | PhaseFields<'giving_back'>>): OrderStatus {
  return isIn('giving_back', order) ? 'refunding' : order.status;
}

const NEVER = new Date(0);
