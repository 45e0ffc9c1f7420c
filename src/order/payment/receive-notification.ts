import type {
  ChannelName,
  ChannelPayment,
  NotificationReply,
  RawNotification,
} from '../../channel/channel.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import { isPermanent } from '../../platform/mysql/permanent-error.ts';
import { postponeFaulty } from '../attempt/faulty-data.ts';
import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { CloseTrigger } from '../outcomes.ts';
import { scheduleQuery } from '../schedule/schedule-query.ts';
import { recordPayment } from './record-payment.ts';

/** The trigger in the close record of an order that a notification made stuck. */
const BY_CHANNEL: CloseTrigger = { kind: 'api', actor: null, clientIp: null };

/**
 * Receives a channel's payment notification (支付结果通知). Acknowledges it only after it has been verified and stored
 * together with its effect; otherwise answers a failure, so that the channel repeats it.
 *
 * - Not verified, or not for us: no effect, failure.
 * - Unknown order: stored, logged at ERROR, failure. Creation inserts the order first, so this is another system's order,
 *   or our database was restored from a backup. The channel keeps repeating it.
 * - Verified, but not exactly a payment of this order (`doubtful`): stored, and the channel is queried now; only that
 *   answer changes the order.
 * - Another amount than the order's: stored as a violation; the order is unchanged, and a person must look.
 * - A payment that the database refuses: the notification is stored, and the order becomes stuck and is queried again,
 *   slowly. Acknowledged, because a repetition would be the same.
 *
 * Throws if the database is unreachable; the caller must then answer a failure.
 */
export async function receiveNotification(
  deps: OrderDeps,
  channelName: ChannelName,
  raw: RawNotification,
): Promise<NotificationReply | null> {
  const channel = deps.channels.get(channelName);
  if (channel === undefined) return null;
  const log = deps.log.child({ channel: channelName });

  const parsed = channel.parseNotification(raw);
  if (parsed.kind === 'rejected') {
    log.warn({ reason: parsed.reason }, 'notification rejected');
    return channel.replies.failed;
  }
  const { eventId, body } = parsed;
  const notification = { channel: channelName, eventId, orderNo: null, body, receivedAt: deps.clock.now() };
  if (parsed.kind === 'other') {
    await deps.store.saveNotification({ ...notification, outcome: 'ignored' });
    log.info({ eventId, what: parsed.what }, 'notification needs no action');
    return channel.replies.accepted;
  }

  const { orderNo } = parsed.kind === 'payment' ? parsed.payment : parsed;
  const order = await deps.store.findToChange(orderNo);
  if (order === null || order.channel !== channelName) {
    await deps.store.saveNotification({ ...notification, orderNo, outcome: 'unknown_order' });
    log.error({ eventId, orderNo }, 'payment for an unknown order');
    return channel.replies.failed;
  }
  return inOrderTrace(order, 'receive notification', async () => {
    const payment = parsed.kind === 'payment' && isAbout(order, parsed.payment) ? parsed.payment : null;
    if (payment === null) {
      await deps.store.saveNotification({ ...notification, orderNo, outcome: 'doubtful' });
      const what = parsed.kind === 'doubtful' ? parsed.what : 'another second of creation';
      log.warn({ eventId, orderNo, what }, 'notification not trusted; querying the channel');
      if (!(await scheduleQuery(deps, order)) && (order.paidAt !== null || order.latePaidAt !== null))
        log.error(
          { eventId, orderNo, what },
          'notification differs from the recorded payment; compare with the channel',
        );
      return channel.replies.accepted;
    }
    try {
      await recordPayment(deps, order, payment, { notification: { ...notification, orderNo } });
    } catch (error) {
      if (!isPermanent(error)) throw error;
      const put = await postponeFaulty(deps, order, BY_CHANNEL, error, { whereIdle: true });
      if (put === null)
        log.error({ eventId, orderNo, err: safeError(error) }, 'notification stored but not applied');
      await deps.store.saveNotification({ ...notification, orderNo, outcome: 'unstorable' });
    }
    return channel.replies.accepted;
  });
}

/** Whether the payment is for this order. Some channels identify orders by their second of creation as well. */
function isAbout({ createdAt }: PaymentOrder, { orderCreatedAt }: ChannelPayment): boolean {
  if (orderCreatedAt === undefined) return true;
  return Math.floor(createdAt.getTime() / 1_000) === Math.floor(orderCreatedAt.getTime() / 1_000);
}
