import { createHash } from 'node:crypto';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { inTransaction, isDuplicate } from '../../platform/mysql/database.ts';
import type { LateDecision, LateStatus, ObservedPayment } from '../late-payment.ts';
import { type ConditionName, leaseFree, shownStatus, where } from '../lifecycle.ts';
import type { PaymentOrder, ViolationKind } from '../order.ts';
import { enqueueNotice } from '../outbox/enqueue-notice.ts';
import {
  type ChannelNotification,
  ChannelNotificationEntity,
  CloseRecordEntity,
  PaymentOrderEntity,
  ViolationEntity,
} from './entities.ts';
import { type Change, change, type NewCloseRecord, noFailures, noLease } from './guarded-change.ts';

export type PaymentOutcome = 'recorded' | 'late' | 'repeated' | 'paid_twice';

/** Where a payment was learned from; empty for the answer to the creation itself. */
export type PaymentSource =
  | { notification: Omit<ChannelNotification, 'id' | 'outcome'> }
  | { record: NewCloseRecord }
  | Record<string, never>;

/** Payments, on time and late, and what contradicts a close. Part of the order store. */
export function createPaymentStore(db: DataSource) {
  const orders = db.getRepository(PaymentOrderEntity);

  return {
    /**
     * A payment, with the notification or the close attempt that told of it: both or neither. Needs no lease: it
     * wins any race by its guard.
     * - `recorded`: unpaid before, paid now. Its timer is gone, unless it is being cancelled or reversed: then the money
     *   must go back, and it is due at once. A payment that has gone back in full makes the order `refunded`, never
     *   `success`; so it does of one that was paid before.
     * - `late`: the order had ended unpaid. A closed one becomes `lateStatus`, of a cancelled one the money must go
     *   back; where it must, it is due at once. Unless it was being watched, that is a violation, counted with it.
     * - `repeated`: known already.
     * - `paid_twice`: another payment of it is known, under another number of the channel's. A violation, counted with it.
     */
    async recordPayment(
      order: PaymentOrder,
      payment: Pick<ObservedPayment, 'channelTradeNo' | 'paidAt' | 'returned'>,
      source: PaymentSource,
      { now, lateStatus }: { now: Date; lateStatus: LateStatus },
    ): Promise<PaymentOutcome> {
      const { channelTradeNo, paidAt } = payment;
      const isAllBack = payment.returned === 'in_full';
      return inTransaction(db, async (manager) => {
        const paid = { status: 'success', channelTradeNo, paidAt } as const;
        const seen = isAllBack ? ({ ...paid, status: 'refunded' } as const) : paid;
        const told: Partial<PaymentOrder> = { channelTradeNo, latePaidAt: paidAt };
        const back = { status: 'refunding', nextCloseAt: now } as const;
        const closed = (
          {
            refunding: { ...told, ...back },
            refunded: { ...told, status: 'refunded' as const },
            success: { ...told, ...paid, closedAt: null, nextCloseAt: null, ending: 'expiry' as const },
            close: { ...told, nextCloseAt: null },
          } satisfies Record<LateStatus, Change>
        )[lateStatus];
        const idle = { nextCloseAt: null, watchUntil: null, ...noFailures, ...noLease };
        const { id } = order;
        const apply = async (set: Change, condition: ConditionName) =>
          (await change(manager, set, `id = :id AND ${where[condition]}`, { id })) === 1;
        const reload = () => load(manager, id);
        let outcome: PaymentOutcome = 'repeated';
        if (
          (await apply({ ...seen, ...idle }, 'keepsPayment')) ||
          (await apply({ ...paid, ...idle, nextCloseAt: now }, 'returnsPayment'))
        ) {
          outcome = 'recorded';
          await enqueueNotice(manager, await reload(), 'progress', now);
        } else if (isAllBack && (await apply({ status: 'refunded' }, 'settled'))) {
          outcome = 'recorded';
          await enqueueNotice(manager, await reload(), 'success', now);
        } else {
          await recordViolation(manager, 'paid', where.unwatched, id, now);
          if (
            (await apply({ ...idle, ...told, ...back }, 'refundsAnyPayment')) ||
            (await apply({ ...idle, ...closed }, 'closedUnpaid'))
          ) {
            outcome = 'late';
            // Kept for a person, it is closed as before: told of twice, a shop would release its stock twice.
            await enqueueNotice(manager, await reload(), 'close', now);
          }
        }
        if (outcome === 'repeated' && (await isSecondPayment(manager, id, channelTradeNo))) {
          outcome = 'paid_twice';
          await recordViolation(manager, outcome, 'TRUE', id, now);
        }
        if ('notification' in source) await saveNotification(manager, { ...source.notification, outcome });
        if ('record' in source) {
          const { status: statusAfter } = await reload();
          const asLate = outcome === 'late' ? { outcome } : {};
          // Known already: whatever the order has become meanwhile, this changed nothing.
          const isKnown = outcome === 'repeated' || outcome === 'paid_twice';
          const unchanged = isKnown ? { statusBefore: statusAfter } : {};
          await manager.insert(CloseRecordEntity, { ...source.record, statusAfter, ...asLate, ...unchanged });
        }
        return outcome;
      });
    },

    /**
     * A payment of another amount than the order's, kept with the notification that reported it, if one did: for a person. The
     * order stays as it is.
     */
    async recordMismatch(
      { id }: PaymentOrder,
      notification: Omit<ChannelNotification, 'id' | 'outcome'> | null,
      now: Date,
    ): Promise<void> {
      await inTransaction(db, async (manager) => {
        await recordViolation(manager, 'mismatch', 'TRUE', id, now);
        if (notification !== null) await saveNotification(manager, { ...notification, outcome: 'mismatch' });
      });
    },

    /** A notification that changes no order, kept all the same. Kept once however often it comes. */
    async saveNotification(notification: Omit<ChannelNotification, 'id'>): Promise<void> {
      await saveNotification(db.manager, notification);
    },

    /**
     * Cancels a closed order that nobody has paid, with a record: money that arrives later goes back, whatever the policy
     * is. The order stays closed: its merchant was notified of that. False: it has been paid or cancelled meanwhile.
     */
    async cancelClosed({ id }: PaymentOrder, record: NewCloseRecord): Promise<boolean> {
      const guard = `id = :id AND ${where.closedNotCancelled}`;
      return inTransaction(db, async (manager) => {
        const done = (await change(manager, { ending: 'cancel' }, guard, { id })) === 1;
        if (done) await manager.insert(CloseRecordEntity, record);
        return done;
      });
    },

    /**
     * A closed or cancelled order that turns out to be payable is watched, from now on. Unless it was being watched,
     * that is a violation, counted with it. Leaves a record. False: the lease is lost, or somebody has paid it meanwhile.
     */
    async watchAgain(leased: PaymentOrder, watchUntil: Date, record: NewCloseRecord): Promise<boolean> {
      const now = record.createdAt;
      const guard = `${where.endedUnpaid} AND lease_token = :token`;
      const parameters = { id: leased.id, token: leased.leaseToken };
      return inTransaction(db, async (manager) => {
        const set = { watchUntil, nextCloseAt: now };
        await recordViolation(manager, 'payable', where.unwatched, leased.id, now);
        const done = (await change(manager, set, `id = :id AND ${guard}`, parameters)) === 1;
        await manager.insert(CloseRecordEntity, record);
        return done;
      });
    },

    /**
     * An order that ended while its creation was under way, which may have taken effect until `now`: it is watched from now
     * on, and due at once. `isPayable`: the channel has said so, and then it is a violation, counted with it. An attempt under
     * way is overtaken by this. Leaves a record. False: the order has not ended, or has been paid.
     */
    async watchLateCreation(
      order: PaymentOrder,
      { watchUntil, isPayable }: { watchUntil: Date; isPayable: boolean },
      record: NewCloseRecord,
    ): Promise<boolean> {
      const { id } = order;
      const now = record.createdAt;
      return inTransaction(db, async (manager) => {
        if (isPayable) await recordViolation(manager, 'payable', where.unwatched, id, now);
        const closeAttempts = () => 'close_attempts + 1';
        const set = { createAttemptedAt: now, watchUntil, nextCloseAt: now, closeAttempts, ...noLease };
        if ((await change(manager, set, `id = :id AND ${where.endedUnpaid}`, { id })) === 0) return false;
        const { status, closeAttempts: attempt } = await manager.findOneByOrFail(PaymentOrderEntity, { id });
        const states = { statusBefore: status, statusAfter: status };
        await manager.insert(CloseRecordEntity, { ...record, attempt, ...states });
        return true;
      });
    },

    /**
     * What a person decides about a late payment: it goes back (due at once), the order is paid again, or nothing more is to
     * be done. With its record. False: there is none that waits for a person, or somebody is at it.
     */
    async decideLate(
      order: PaymentOrder,
      decision: LateDecision,
      record: NewCloseRecord,
      now: Date,
    ): Promise<boolean> {
      const set = {
        refund: { status: 'refunding', nextCloseAt: now, ...noFailures },
        reopen: { status: 'success', paidAt: order.latePaidAt, closedAt: null, ending: 'expiry' },
        handled: {
          lateHandledAt: now,
          nextCloseAt: null,
          ...noFailures,
          // Of a cancelled payment the money has gone back, by hand: it is cancelled now.
          ...(order.status === 'success' ? { status: 'cancel', closedAt: now } : {}),
        },
      } as const satisfies Record<LateDecision, Change>;
      // A cancel whose refund was refused, or met money that had gone back in part or in full: a person may say that the
      // money was given back by hand.
      const waits =
        decision === 'handled'
          ? `(${where.lateNeedsDecision} OR ${where.refusedCancel})`
          : where.lateNeedsDecision;
      const guard = `id = :id AND status = :status AND ${waits} AND ${leaseFree}`;
      const { id, status } = order;
      return inTransaction(db, async (manager) => {
        const done = (await change(manager, set[decision], guard, { id, status, now })) === 1;
        if (!done) return false;
        await manager.insert(CloseRecordEntity, record);
        await enqueueNotice(manager, await load(manager, id), shownStatus(order), now);
        return true;
      });
    },

    /** Late payments that wait for a person, oldest first: kept by policy, or of which the refund was refused. */
    async latePaymentsToDecide(limit: number): Promise<PaymentOrder[]> {
      return orders
        .createQueryBuilder('o')
        .where(where.lateNeedsDecision)
        .orderBy('o.latePaidAt')
        .addOrderBy('o.id')
        .limit(limit)
        .getMany();
    },

    countLatePaymentsToDecide: (): Promise<number> =>
      orders.createQueryBuilder('o').where(where.lateNeedsDecision).getCount(),

    /** How many closed orders turned out to be paid or payable; they should stay none. */
    countViolations: (): Promise<number> => db.getRepository(ViolationEntity).count(),
  };
}

const load = (manager: EntityManager, id: string): Promise<PaymentOrder> =>
  manager.findOneByOrFail(PaymentOrderEntity, { id });

/** Another payment of this order is known, under another number of its channel's. */
async function isSecondPayment(manager: EntityManager, id: string, channelTradeNo: string): Promise<boolean> {
  const order = await load(manager, id);
  const isKnown = order.paidAt !== null || order.latePaidAt !== null;
  return isKnown && order.channelTradeNo !== null && order.channelTradeNo !== channelTradeNo;
}

/** Once for each order and kind, where `guard` holds. */
async function recordViolation(
  manager: EntityManager,
  kind: ViolationKind,
  guard: string,
  id: string,
  now: Date,
): Promise<void> {
  await manager.query(
    `INSERT IGNORE INTO violation (order_id, order_no, channel, kind, found_at)
     SELECT id, order_no, channel, ?, ? FROM payment_order WHERE id = ? AND ${guard}`,
    [kind, now, id],
  );
}

/** As long as their columns. */
const EVENT_ID_LENGTH = 128;
const ORDER_NO_LENGTH = 64;

/** Whatever a channel calls its event or its order: evidence of a payment must not be lost for a name. */
function storable(notification: Omit<ChannelNotification, 'id'>): Omit<ChannelNotification, 'id'> {
  const { eventId, orderNo } = notification;
  const isShort = eventId.length <= EVENT_ID_LENGTH;
  return {
    ...notification,
    eventId: isShort ? eventId : `sha256:${createHash('sha256').update(eventId).digest('hex')}`,
    orderNo: orderNo?.slice(0, ORDER_NO_LENGTH) ?? null,
  };
}

async function saveNotification(
  manager: EntityManager,
  received: Omit<ChannelNotification, 'id'>,
): Promise<void> {
  const notification = storable(received);
  try {
    await manager.insert(ChannelNotificationEntity, notification);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    // A repetition may bring about what the first could not.
    const { channel, eventId, outcome } = notification;
    const undecided = In(['unknown_order', 'mismatch', 'unstorable', 'ignored', 'doubtful']);
    if (outcome === 'repeated') return;
    const { body } = notification;
    await manager.update(
      ChannelNotificationEntity,
      { channel, eventId, outcome: undecided },
      { outcome, body },
    );
  }
}
