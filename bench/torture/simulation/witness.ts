import type { NotificationReply } from '../../../src/channel/channel.ts';
import { ChannelNotificationEntity } from '../../../src/order/entities.ts';
import type { OrderStatus, PaymentOrder } from '../../../src/order/order.ts';
import type { OrderSnapshot } from '../../../src/simulator/snapshot.ts';
import { keepsMoney } from './judge.ts';
import type { Lane } from './lane.ts';
import type { Mail } from './life.ts';

/** What the order may become from each state, in one step or several. */
const mayBecome = {
  progress: ['success', 'close', 'cancel', 'refunded'],
  success: ['cancel', 'refunded'],
  close: ['refunding', 'refunded', 'success'],
  cancel: ['refunding'],
  refunding: ['refunded', 'success'],
  refunded: [],
} satisfies Record<OrderStatus, OrderStatus[]>;

/** Looks on after every event, and remembers what should not have been. */
export interface Witness {
  violations: string[];
  /** We answered a notification. */
  answered(mail: Mail, reply: NotificationReply, how: 'whole' | 'tampered'): void;
  /** What we acknowledged is stored. */
  lookAtMail(): Promise<void>;
  /** The row became what it may become; `order` is the channel's side of it. */
  lookAtRow(order: OrderSnapshot | null): Promise<void>;
  /** Nobody can pay an order that is closed and not watched (G2). */
  lookAtChannel(order: OrderSnapshot | null): void;
}

export function createWitness(lane: Lane, note: (line: string) => void): Witness {
  const violations: string[] = [];
  const acknowledged: Mail[] = [];
  let before: PaymentOrder | null = null;
  let wasPayable = false;

  function accuse(violation: string): void {
    violations.push(violation);
    note(`VIOLATION: ${violation}`);
  }

  /** An acknowledged notification is in the database, now and not soon (G4). */
  async function isStored({ channel, raw }: Mail): Promise<boolean> {
    const parsed = lane.channels.get(channel)?.parseNotification(raw);
    if (parsed === undefined || parsed.kind === 'rejected') return false;
    const { eventId } = parsed;
    return (await lane.db.getRepository(ChannelNotificationEntity).countBy({ channel, eventId })) === 1;
  }

  return {
    violations,
    answered(mail, reply, how) {
      const accepted = lane.channels.get(mail.channel)?.replies.accepted.body === reply.body;
      if (accepted && how === 'tampered') accuse('a tampered notification was acknowledged');
      else if (accepted) acknowledged.push(mail);
    },
    async lookAtMail() {
      for (const mail of acknowledged.splice(0)) {
        if (!(await isStored(mail))) accuse('a notification was acknowledged before it was stored');
      }
    },
    async lookAtRow(order) {
      const orderNo = lane.orderNo();
      const now = orderNo === null ? null : await lane.store.find(orderNo);
      if (before !== null && now !== null && before.status !== now.status) {
        const allowed: readonly OrderStatus[] = mayBecome[before.status];
        const isReopened = before.status !== 'progress' && now.status === 'success';
        const mayReopen = lane.deps.latePaymentPolicy === 'reopen' && now.latePaidAt !== null;
        if (!allowed.includes(now.status) || (isReopened && !mayReopen))
          accuse(`${before.status} became ${now.status}`);
        if ((now.status === 'close' || now.status === 'cancel') && now.watchUntil === null) {
          if (keepsMoney(order)) accuse(`${now.status}, although it was paid`);
        }
      }
      before = now;
    },
    lookAtChannel(order) {
      const isOver = before !== null && before.status !== 'progress' && before.watchUntil === null;
      const isPayable = isOver && order?.payable === true;
      if (isPayable && !wasPayable) accuse(`${before?.status}, while the channel takes money`);
      wasPayable = isPayable;
    },
  };
}
