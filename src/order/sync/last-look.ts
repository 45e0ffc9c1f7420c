import type { Channel } from '../../channel/channel.ts';
import { assertNever } from '../../platform/assert-never.ts';
import { type Attempt, closeRecord } from '../attempt/attempt.ts';
import { deferIfUnavailable } from '../attempt/availability.ts';
import { withLease } from '../attempt/lease.ts';
import { nextLookAt } from '../attempt/next-look.ts';
import { amountMismatch, retry, settleRetry } from '../attempt/settle-retry.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder, type PaymentOrder } from '../order.ts';
import type { CloseTrigger } from '../outcomes.ts';
import { readQuery } from '../payment/read-query.ts';
import { recordPayment } from '../payment/record-payment.ts';
import { watchPayable } from './watch-payable.ts';

/** Last looks that were due while the circuit breaker was open are spread over this time, ms. */
const PUT_OFF_SPREAD_MS = 3_600_000;

/**
 * The last look at a closed order (最后核对), after its channel has stopped notifying: queries it once more. If the order is
 * closed there, it is done. If the channel received money for it, that is a late payment; if it is still payable, the order
 * is watched and closed again. Both are recorded as violations (G1, G2). Throws only if the database is unreachable.
 */
export async function takeLastLook(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<void> {
  const channel = deps.channels.get(order.channel);
  const notAsked = await deferIfUnavailable(deps, order, 'ask', order.ending);
  if (notAsked?.reason === 'channel_down') {
    // Not urgent: one UPDATE moves it out of the way of the orders that wait for the channel. It may still serve as the
    // breaker's probe, because there may be no other call to probe with.
    const at = new Date(notAsked.retryAt.getTime() + PUT_OFF_SPREAD_MS * deps.random());
    await deps.store.postponeDue(order, at);
  }
  if (notAsked !== null || channel === undefined) return;
  await withLease(deps, order, null, (leased) => lookLeased(deps, channel, leased, trigger));
}

async function lookLeased(
  deps: OrderDeps,
  channel: Channel,
  leased: PaymentOrder,
  trigger: CloseTrigger,
): Promise<void> {
  const asked = asChannelOrder(leased);
  const query = await channel.query(asked);
  const answers = [{ call: 'query', answer: query.answer }] as const;
  const attempt: Attempt = { type: 'watch', leased, trigger, answers, now: deps.clock.now() };
  const reading = readQuery(channel, leased, query);
  switch (reading.kind) {
    case 'closed':
      await settleDone(deps, attempt);
      return;
    case 'not_found':
      // Inconclusive if the channel knows every order it created.
      if (leased.payBody === null || !channel.showsUntouched(asked)) await settleDone(deps, attempt);
      else await settleRetry(deps, attempt, retry('not_confirmed'));
      return;
    case 'paid': {
      const record = closeRecord(attempt, 'late', leased.status);
      const outcome = await recordPayment(deps, leased, reading.payment, { record });
      if (outcome === 'repeated') await settleDone(deps, attempt);
      return;
    }
    case 'amount_mismatch':
      await settleRetry(deps, attempt, amountMismatch(reading.paidFen));
      return;
    case 'unpaid':
    case 'user_paying':
      await watchPayable(deps, channel, attempt, query);
      await deps.store.releaseLease(leased);
      return;
    case 'unclear':
      await settleRetry(deps, attempt, retry(reading.reason));
      return;
    default:
      assertNever(reading);
  }
}

/** Done. An early look, caused by a doubtful notification, is followed by the regular one. */
async function settleDone(deps: OrderDeps, attempt: Attempt): Promise<void> {
  const { leased, now } = attempt;
  const lookAt = nextLookAt(deps, leased, null);
  // Less time has passed since the close than a close waits for its last look.
  const isEarly =
    now.getTime() - (leased.closedAt ?? leased.createdAt).getTime() < lookAt.getTime() - now.getTime();
  const set = { nextCloseAt: isEarly ? lookAt : null, retryReason: null, retryCount: 0 };
  await deps.store.endAttempt(attempt.leased, set, closeRecord(attempt, 'closed', attempt.leased.status));
}
