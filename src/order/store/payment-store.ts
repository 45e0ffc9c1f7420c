import { createHash } from 'node:crypto';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { inTransaction, isDuplicate } from '../../platform/mysql/database.ts';
import type { LateDecision, LateStatus, ObservedPayment } from '../late-payment.ts';
import { type ConditionName, leaseFree, type StatusAfter, shownStatus, where } from '../lifecycle.ts';
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

/** Where a payment was seen; empty for the answer to the creation itself. */
export type PaymentSource =
  | { notification: Omit<ChannelNotification, 'id' | 'outcome'> }
  | { record: NewCloseRecord }
  | Record<string, never>;

/** Payments, late payments, violations and channel notifications. Part of the order store. */
export function createPaymentStore(db: DataSource) {
  const orders = db.getRepository(PaymentOrderEntity);

  return {
    /**
     * Records a payment together with the notification or close attempt that reported it, in one transaction. Needs no
     * lease: its guard wins every race.
     * - `recorded`: the order was unpaid and is paid now, without a timer. If it is being cancelled or reversed, it is due
     *   now instead, to return the money. A fully returned payment makes the order `refunded`, never `success`; also an
     *   order that was paid before.
     * - `late`: the order had ended unpaid. A closed one becomes `lateStatus`, a cancelled one `refunding`; it is due now
     *   if the money must go back. A violation unless the order was watched.
     * - `repeated`: known already.
     * - `paid_twice`: another payment is known under another channel trade number. A violation.
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
        const known = { channelTradeNo, latePaidAt: paidAt };
        const back = { status: 'refunding', nextCloseAt: now } as const;
        const closed = (
          {
            refunding: { ...known, ...back },
            refunded: { ...known, status: 'refunded' as const },
            success: { ...known, ...paid, closedAt: null, nextCloseAt: null, ending: 'expiry' as const },
            close: { ...known, nextCloseAt: null },
          } satisfies Record<LateStatus, Change>
        )[lateStatus];
        const idle = { nextCloseAt: null, watchUntil: null, ...noFailures, ...noLease };
        const { id } = order;
        const apply = async <N extends ConditionName>(
          set: Change & { status?: StatusAfter<N> },
          condition: N,
        ) => (await change(manager, set, `id = :id AND ${where[condition]}`, { id })) === 1;
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
            (await apply({ ...idle, ...known, ...back }, 'refundsAnyPayment')) ||
            (await apply({ ...idle, ...closed }, 'closedUnpaid'))
          ) {
            outcome = 'late';
            // One that waits for a person is closed as before: no second notice, or a shop would restock twice.
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
          // Known already: this payment changed nothing, even if the order has changed meanwhile.
          const isKnown = outcome === 'repeated' || outcome === 'paid_twice';
          const unchanged = isKnown ? { statusBefore: statusAfter } : {};
          await manager.insert(CloseRecordEntity, { ...source.record, statusAfter, ...asLate, ...unchanged });
        }
        return outcome;
      });
    },

    /** Records a payment of another amount as a violation, with the notification that reported it. The order is unchanged. */
    async recordMismatch(
      { id }: PaymentOrder,
      notification: Omit<ChannelNotification, 'id' | 'outcome'> | null,
      now: Date,
    ): Promise<void> {
      await inTransaction(db, async (manager) => {
        await loadLocked(manager, id);
        await recordViolation(manager, 'mismatch', 'TRUE', id, now);
        if (notification !== null) await saveNotification(manager, { ...notification, outcome: 'mismatch' });
      });
    },

    /** Stores a notification that changes no order; once, however often it is repeated. */
    async saveNotification(notification: Omit<ChannelNotification, 'id'>): Promise<void> {
      await saveNotification(db.manager, notification);
    },

    /**
     * Cancels a closed, unpaid order and writes a record: a later payment is refunded under any policy. The status stays
     * `close`, because the merchant was notified of that. False: it was paid or cancelled meanwhile.
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
     * Starts to watch a closed or cancelled order that its channel shows as unpaid, and writes a record. `isPayable`: it can
     * be paid, a violation unless it was watched already. False: the lease is lost, or the order was paid meanwhile.
     */
    async watchAgain(
      leased: PaymentOrder,
      { watchUntil, isPayable }: { watchUntil: Date; isPayable: boolean },
      record: NewCloseRecord,
    ): Promise<boolean> {
      const now = record.createdAt;
      const guard = `${where.endedUnpaid} AND lease_token = :token`;
      const parameters = { id: leased.id, token: leased.leaseToken };
      return inTransaction(db, async (manager) => {
        const set = { watchUntil, nextCloseAt: now };
        if (isPayable) await recordViolation(manager, 'payable', where.unwatched, leased.id, now);
        const done = (await change(manager, set, `id = :id AND ${guard}`, parameters)) === 1;
        await manager.insert(CloseRecordEntity, record);
        return done;
      });
    },

    /**
     * Starts to watch an order that ended during its creation, which may have taken effect until `now`. It is due now; a
     * running attempt becomes `overtaken`. `isPayable`: the channel says so, which is a violation. Writes a record. False:
     * the order has not ended, or was paid.
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
     * Applies a person's decision about a late payment, and writes a record: refund it (due now), reopen the order, or mark
     * it as handled. False: no late payment waits for a decision, or another operation holds the lease.
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
          // The refund of a cancel was done by hand: the order is cancelled now.
          ...(order.status === 'success' ? { status: 'cancel', closedAt: now } : {}),
        },
      } as const satisfies Record<LateDecision, Change>;
      // Also for a cancel whose refund was refused, or whose payment was returned partly or elsewhere.
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

    /** Orders whose late payment waits for a person, oldest first: kept by policy, or the refund was refused. */
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

    /** The number of violations of all kinds; it should stay zero. */
    countViolations: (): Promise<number> => db.getRepository(ViolationEntity).count(),
  };
}

const load = (manager: EntityManager, id: string): Promise<PaymentOrder> =>
  manager.findOneByOrFail(PaymentOrderEntity, { id });

/** Throws if the order was archived meanwhile, so that nothing about a payment is lost: the next attempt moves it back. */
const loadLocked = (manager: EntityManager, id: string): Promise<PaymentOrder> =>
  manager.findOneOrFail(PaymentOrderEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });

/** Whether another payment of this order is known, under another channel trade number. */
async function isSecondPayment(manager: EntityManager, id: string, channelTradeNo: string): Promise<boolean> {
  const order = await loadLocked(manager, id);
  const isKnown = order.paidAt !== null || order.latePaidAt !== null;
  return isKnown && order.channelTradeNo !== null && order.channelTradeNo !== channelTradeNo;
}

/** Records a violation if `guard` holds; once per order and kind. */
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

/** The lengths of their columns. */
const EVENT_ID_LENGTH = 128;
const ORDER_NO_LENGTH = 64;

/** Shortens ids that exceed their columns: evidence of a payment must not be lost because of a long name. */
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
    // A repeated notification may succeed where the first one did not.
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
