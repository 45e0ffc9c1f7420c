import type { Channel } from '../../channel/channel.ts';
import { assertNever } from '../../platform/assert-never.ts';
import { lastAnswer } from '../answers.ts';
import { type Attempt, attemptLog, closeRecord } from '../attempt/attempt.ts';
import { deferIfUnavailable, refundWork } from '../attempt/availability.ts';
import { withLease } from '../attempt/lease.ts';
import { settleRetry } from '../attempt/settle-retry.ts';
import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';
import type { CloseTrigger } from '../outcomes.ts';
import { giveBack, refundNoOf } from './give-back.ts';

/**
 * Refunds a late payment (关单后支付, 退款): `refunding` becomes `refunded` when the channel confirms it, exactly once, even
 * across crashes (`give-back.ts`). Anything uncertain is retried, with the next attempt in the row; a refused refund waits
 * for a person. Throws only if the database is unreachable.
 */
export async function refundLatePayment(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<void> {
  const channel = deps.channels.get(order.channel);
  if (
    (await deferIfUnavailable(deps, order, refundWork(deps, order), order.ending)) !== null ||
    channel === undefined
  )
    return;
  await withLease(deps, order, null, (leased) => refundLeased(deps, channel, leased, trigger));
}

async function refundLeased(
  deps: OrderDeps,
  channel: Channel,
  leased: PaymentOrder,
  trigger: CloseTrigger,
): Promise<void> {
  const result = await giveBack(deps, channel, leased, 'late');
  const { answers } = result;
  const attempt: Attempt = { type: 'refund', leased, trigger, answers, now: deps.clock.now() };
  const answer = lastAnswer(answers);
  const ended = { nextCloseAt: null, retryReason: null, retryCount: 0 };
  switch (result.kind) {
    case 'given_back':
      await deps.refunds.end(refundNoOf(leased), 'done', answer, attempt.now);
      if (
        (await deps.store.endAttempt(
          leased,
          { ...ended, status: 'refunded' },
          closeRecord(attempt, 'refunded', 'refunded'),
        )) !== null
      )
        attemptLog(deps, attempt).info({ answer }, 'late payment refunded');
      return;
    case 'refused':
      await deps.refunds.end(refundNoOf(leased), 'refused', answer, attempt.now);
      await deps.store.endAttempt(leased, ended, closeRecord(attempt, 'refused', leased.status));
      attemptLog(deps, attempt).error({ answer }, 'refund refused by the channel; refund by hand');
      return;
    case 'retry':
      await settleRetry(deps, attempt, { reason: result.reason, notBefore: null });
      return;
    default:
      assertNever(result);
  }
}
