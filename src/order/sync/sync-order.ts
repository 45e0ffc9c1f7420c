import type { Channel, QueryResult } from '../../channel/channel.ts';
import { assertNever } from '../../platform/assert-never.ts';
import { type Attempt, attemptLog, closeRecord } from '../attempt/attempt.ts';
import { configuredChannel } from '../attempt/availability.ts';
import { withLease } from '../attempt/lease.ts';
import { settleRetry } from '../attempt/settle-retry.ts';
import { closeOrder } from '../close/close-order.ts';
import { checkPayment, settleClosed } from '../close/settle-close.ts';
import type { OrderDeps } from '../deps.ts';
import {
  asChannelOrder,
  isClosedOrCancelled,
  isExpired,
  type PaymentOrder,
  type PendingReason,
} from '../order.ts';
import type { CloseTrigger, SyncOutcome, SyncStatus } from '../outcomes.ts';
import { readQuery } from '../payment/read-query.ts';
import { recordPayment } from '../payment/record-payment.ts';
import { watchPayable } from './watch-payable.ts';

/**
 * Queries the channel and corrects the order (同步), reading the answer as a close does: an order paid or closed there
 * becomes so here, an expired unpaid order is closed, a payment of a closed order becomes a late payment, and a closed
 * order that is still payable is closed again. An inconclusive answer changes nothing. Throws only if the database is
 * unreachable.
 */
export async function syncOrder(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<SyncOutcome> {
  const channel = configuredChannel(deps, order);
  if (channel === null) {
    return { kind: 'unreachable', reason: 'misconfigured', answer: 'not configured for this account' };
  }
  if (channel.admit('ask', order.method) !== null)
    return { kind: 'unreachable', reason: 'channel_down', answer: 'not called: circuit breaker open' };
  const outcome = await withLease(deps, order, null, async (leased) => {
    const query = await channel.query(asChannelOrder(leased));
    const answers = [{ call: 'query', answer: query.answer }] as const;
    const attempt: Attempt = { type: 'sync', leased, trigger, answers, now: deps.clock.now() };
    const outcome = await correct(deps, channel, attempt, query);
    await deps.store.releaseLease(leased);
    return outcome;
  });
  if (outcome !== null) return outcome;
  const { leaseUntil } = await deps.store.get(order.id);
  return { kind: 'busy', retryAt: leaseUntil ?? deps.clock.now() };
}

async function correct(
  deps: OrderDeps,
  channel: Channel,
  attempt: Attempt,
  query: QueryResult,
): Promise<SyncOutcome> {
  const { leased, trigger, now } = attempt;
  const reading = readQuery(channel, leased, query);
  switch (reading.kind) {
    case 'amount_mismatch':
      await deps.store.recordMismatch(leased, null, attempt.now);
      attemptLog(deps, attempt).error({ answer: query.answer }, 'payment amount mismatch');
      return { kind: 'unreachable', reason: 'mismatch', answer: query.answer };
    case 'paid': {
      const payment = await checkPayment(deps, attempt, reading.payment);
      if (typeof payment === 'string') return notRecorded(deps, attempt, payment, query.answer);
      const record = closeRecord(attempt, 'paid', leased.status === 'progress' ? 'success' : leased.status);
      await recordPayment(deps, leased, payment, { record });
      return synced(deps, leased, query.kind === 'refunded' ? 'pay_refund' : 'pay_success');
    }
    case 'closed':
      if (leased.status === 'progress') await settleClosed(deps, attempt, { watchUntil: null });
      return synced(deps, leased, 'pay_closed');
    case 'unpaid':
    case 'user_paying':
    case 'not_found': {
      if (isClosedOrCancelled(leased) && reading.kind !== 'not_found') {
        if (await watchPayable(deps, channel, attempt, query)) await deps.timer.set(leased, now, 'timeout');
        return synced(deps, leased, 'pay_progress');
      }
      if (leased.status === 'progress' && isExpired(leased, now)) {
        await deps.store.releaseLease(leased);
        const outcome = await closeOrder(deps, leased, trigger);
        if (outcome.kind === 'closed') return synced(deps, leased, 'pay_closed');
        return synced(deps, leased, outcome.kind === 'paid' ? 'pay_success' : 'pay_timeout');
      }
      if (reading.kind !== 'not_found') return synced(deps, leased, 'pay_progress');
      const overFrom = channel.unpayableFrom(asChannelOrder(leased)).getTime();
      const final =
        overFrom <= Math.min(now.getTime(), query.statedAt?.getTime() ?? Number.POSITIVE_INFINITY);
      return synced(deps, leased, final ? 'pay_not_found' : 'pay_not_found_unknown');
    }
    case 'unclear':
      return { kind: 'unreachable', reason: reading.reason, answer: query.answer };
    default:
      return assertNever(reading);
  }
}

/** Paid, but perhaps partly returned: the order's timer continues, and alerts a person if needed. */
async function notRecorded(
  deps: OrderDeps,
  attempt: Attempt,
  reason: PendingReason,
  answer: string,
): Promise<SyncOutcome> {
  await settleRetry(deps, attempt, { reason, notBefore: null });
  if (reason === 'mismatch' || reason === 'refunding') return synced(deps, attempt.leased, 'pay_refund');
  const isKnown = reason === 'misconfigured' || reason === 'rate_limited';
  return { kind: 'unreachable', reason: isKnown ? reason : 'unreachable', answer };
}

async function synced(
  deps: OrderDeps,
  before: PaymentOrder,
  channelStatus: SyncStatus,
): Promise<SyncOutcome> {
  const order = await deps.store.get(before.id);
  const repaired =
    order.status !== before.status || order.latePaidAt?.getTime() !== before.latePaidAt?.getTime();
  return { kind: 'synced', channelStatus, order, repaired };
}
