import type { CancelResult, Channel, ChannelRefund, RefundResult } from '../../channel/channel.ts';
import { assertNever } from '../../platform/assert-never.ts';
import type { Answer, Answers } from '../answers.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder, type PaymentOrder, type PendingReason } from '../order.ts';
import type { Refund } from '../store/entities.ts';

/** One refund number per order: a channel executes each number only once, however often it is sent. */
export const refundNoOf = ({ orderNo }: PaymentOrder) => `R${orderNo}`;

/** Shown to the customer. */
const reasons = { cancel: '订单撤销', late: '订单已关闭，自动退款' } satisfies Record<
  Refund['reason'],
  string
>;

/** The order's refund request: the full amount, under its only refund number. */
export function refundRequestOf(order: PaymentOrder, reason: Refund['reason'], notedAt: Date): ChannelRefund {
  const { amountFen } = order;
  return {
    refundNo: refundNoOf(order),
    notedAt,
    amountFen,
    totalFen: amountFen,
    reason: reasons[reason],
  };
}

export type GiveBackResult = { answers: Answers } & (
  | { kind: 'given_back' }
  | { kind: 'retry'; reason: PendingReason }
  /** The channel refuses; a person must return the money. `mayBeGone`: some was already returned, by an unknown amount. */
  | { kind: 'refused'; mayBeGone: boolean }
);

/**
 * Returns the money of a paid order. Uses the channel's cancel for a cancelled order or a payment that can be voided, if
 * the channel has one for this order; otherwise a refund.
 *
 * Exactly once, even across crashes: the refund has one number, derived from the order and stored before the channel is
 * called, and a channel executes each number once. A later attempt first queries the earlier one. Only the channel's
 * answer completes it; an unknown answer is retried.
 */
export async function giveBack(
  deps: OrderDeps,
  channel: Channel,
  order: PaymentOrder,
  reason: Refund['reason'],
): Promise<GiveBackResult> {
  const refundNo = refundNoOf(order);
  const answers: Answer[] = [];
  const asked = asChannelOrder(order);
  const { refund, isNew } = await deps.refunds.ensure({
    refundNo,
    orderId: order.id,
    orderNo: order.orderNo,
    channel: order.channel,
    amountFen: order.amountFen,
    reason,
    createdAt: deps.clock.now(),
  });
  if (refund.state === 'done') {
    if (refund.answer !== null) answers.push({ call: 'refund', answer: refund.answer });
    return { kind: 'given_back', answers };
  }
  const wanted = refundRequestOf(order, reason, refund.createdAt);
  if (!isNew) {
    const before = await channel.queryRefund(asked, wanted);
    answers.push({ call: 'query_refund', answer: before.answer });
    if (before.kind !== 'not_found' && before.kind !== 'refused') return afterRefund(before, answers);
    // The earlier attempt may have returned it by a cancel, which has no number.
    const now = await channel.query(asked);
    answers.push({ call: 'query', answer: now.answer });
    if (now.kind === 'refunded' && channel.refundedIsInFull) return { kind: 'given_back', answers };
    // A reversed paid order may show as closed.
    if (now.kind === 'closed' && channel.reversibleFrom(asked) !== null)
      return { kind: 'given_back', answers };
    if (now.kind !== 'paid' && now.kind !== 'refunded')
      return { kind: 'retry', reason: 'unreachable', answers };
  }
  const byCancel = reason === 'cancel' || channel.voidsPayments(asked);
  const cancelled = byCancel ? await channel.cancel(asked, wanted) : null;
  if (cancelled !== null && cancelled.kind !== 'not_cancellable') {
    answers.push({ call: 'cancel', answer: cancelled.answer });
    if (cancelled.kind !== 'refund_instead') return afterCancel(cancelled, answers);
  }
  const refunded = await channel.refund(asked, wanted);
  answers.push({ call: 'refund', answer: refunded.answer });
  if (refunded.kind === 'refused') return afterRefusal(channel, order, answers);
  return afterRefund(refunded, answers);
}

/** A channel also refuses a refund that was already made: query before asking a person to return the money. */
async function afterRefusal(
  channel: Channel,
  order: PaymentOrder,
  answers: Answers,
): Promise<GiveBackResult> {
  const now = await channel.query(asChannelOrder(order));
  if (now.kind === 'refunded' && channel.refundedIsInFull) return { kind: 'given_back', answers };
  if (now.kind === 'paid' || now.kind === 'refunded')
    return { kind: 'refused', mayBeGone: now.kind === 'refunded', answers };
  return { kind: 'retry', reason: 'unreachable', answers };
}

function afterRefund(result: RefundResult, answers: Answers): GiveBackResult {
  switch (result.kind) {
    case 'refunded':
      return { kind: 'given_back', answers };
    case 'refused':
      return { kind: 'refused', mayBeGone: false, answers };
    case 'processing':
      return { kind: 'retry', reason: 'refunding', answers };
    case 'not_found':
      return { kind: 'retry', reason: 'not_confirmed', answers };
    case 'unknown':
      return { kind: 'retry', reason: 'unreachable', answers };
    case 'not_enough':
    case 'rate_limited':
    case 'misconfigured':
      return { kind: 'retry', reason: result.kind, answers };
    default:
      return assertNever(result);
  }
}

function afterCancel(
  result: Exclude<CancelResult, { kind: 'refund_instead' | 'not_cancellable' }>,
  answers: Answers,
): GiveBackResult {
  switch (result.kind) {
    case 'refunded':
      return { kind: 'given_back', answers };
    // The order is paid, so this answer contradicts what we know: retry.
    case 'closed':
    case 'not_found':
      return { kind: 'retry', reason: 'not_confirmed', answers };
    case 'again':
      return { kind: 'retry', reason: 'refunding', answers };
    case 'unknown':
      return { kind: 'retry', reason: 'unreachable', answers };
    case 'user_paying':
    case 'not_enough':
    case 'rate_limited':
    case 'misconfigured':
      return { kind: 'retry', reason: result.kind, answers };
    default:
      return assertNever(result);
  }
}
