import { type DataSource, type EntityManager, In } from 'typeorm';
import { inTransaction, isDuplicate } from '../platform/database.ts';
import {
  type ChannelNotification,
  ChannelNotificationEntity,
  type CloseRecord,
  CloseRecordEntity,
  PaymentOrderEntity,
  ViolationEntity,
} from './entities.ts';
import type { LateDecision, LateStatus } from './late-payment.ts';
import { noteChange } from './note-change.ts';
import type { Ending, OrderStatus, PaymentOrder, PendingReason } from './order.ts';
import type { OrderNumbers } from './outcomes.ts';

export type OrderStore = ReturnType<typeof createOrderStore>;

/** What an order is when it is created; everything else starts empty. */
export type NewOrder = Omit<
  PaymentOrder,
  | 'id'
  | 'payBody'
  | 'channelTradeNo'
  | 'errorMsg'
  | 'paidAt'
  | 'closedAt'
  | 'latePaidAt'
  | 'lateHandledAt'
  | 'watchUntil'
  | 'ending'
  | 'closeAttempts'
  | 'retryReason'
  | 'retryCount'
  | 'stuckAt'
  | 'leaseToken'
  | 'leaseUntil'
>;

const emptyOrder = {
  payBody: null,
  channelTradeNo: null,
  errorMsg: null,
  paidAt: null,
  closedAt: null,
  latePaidAt: null,
  lateHandledAt: null,
  watchUntil: null,
  ending: 'expiry',
  closeAttempts: 0,
  retryReason: null,
  retryCount: 0,
  stuckAt: null,
  leaseToken: null,
  leaseUntil: null,
} satisfies Partial<PaymentOrder>;

const noFailures = { retryReason: null, retryCount: 0, stuckAt: null };
const noLease = { leaseToken: null, leaseUntil: null };

/** New values, or SQL for them. */
export type Change = { [Field in keyof PaymentOrder]?: PaymentOrder[Field] | (() => string) };

/**
 * The only writer of orders. Every change of an order is one guarded UPDATE, and "the guard did not hold" is an
 * answer of the function, never an exception. Transactions are short, at READ COMMITTED, and none of them waits
 * for anything but the database. Throws when the database cannot be reached.
 */
export function createOrderStore(db: DataSource) {
  const orders = db.getRepository(PaymentOrderEntity);

  /** Applies `set` where `guard` holds; the number of orders changed, 0 or 1. */
  async function change(
    manager: EntityManager,
    set: Change,
    guard: string,
    parameters: Record<string, unknown>,
  ): Promise<number> {
    const result = await manager
      .createQueryBuilder()
      .update(PaymentOrderEntity)
      .set(set)
      .where(guard, parameters)
      .execute();
    return result.affected ?? 0;
  }

  async function finishAttempt(
    leased: PaymentOrder,
    set: Change,
    parameters: Record<string, unknown>,
    record: NewCloseRecord,
  ): Promise<boolean> {
    return transaction(async (manager) => {
      const guard = 'id = :id AND status = :status AND lease_token = :token';
      const values = { id: leased.id, status: leased.status, token: leased.leaseToken, ...parameters };
      const done = (await change(manager, { ...set, ...noLease }, guard, values)) === 1;
      if (done && typeof set.status !== 'function') {
        await manager.insert(CloseRecordEntity, record);
      } else if (done) {
        const { status: statusAfter } = await manager.findOneByOrFail(PaymentOrderEntity, { id: leased.id });
        await manager.insert(CloseRecordEntity, { ...record, statusAfter });
      } else {
        const now = await manager.findOneByOrFail(PaymentOrderEntity, { id: leased.id });
        await manager.insert(CloseRecordEntity, { ...record, outcome: 'overtaken', statusAfter: now.status });
      }
      if (done && set.status !== undefined) await noteChange(manager, leased, record.createdAt);
      return done;
    });
  }

  const transaction = <T>(work: (manager: EntityManager) => Promise<T>) => inTransaction(db, work);

  return {
    /** Throws if there is none: for orders that are known to exist. Orders are never deleted. */
    get: (id: string): Promise<PaymentOrder> => orders.findOneByOrFail({ id }),

    find: (orderNo: string): Promise<PaymentOrder | null> => orders.findOneBy({ orderNo }),

    findByBizOrderNo: (bizOrderNo: string): Promise<PaymentOrder | null> => orders.findOneBy({ bizOrderNo }),

    /** By the numbers a merchant gives; the system's number wins. An all-digit system number is an id. */
    async findByNumbers({
      orderNo,
      bizOrderNo,
      outOrderNo = null,
    }: OrderNumbers): Promise<PaymentOrder | null> {
      if (orderNo !== null) return orders.findOneBy(/^\d+$/.test(orderNo) ? { id: orderNo } : { orderNo });
      if (bizOrderNo !== null) return orders.findOneBy({ bizOrderNo });
      return outOrderNo === null ? null : orders.findOneBy({ channelTradeNo: outOrderNo });
    },

    async insert(order: NewOrder): Promise<'inserted' | 'duplicate'> {
      try {
        await orders.insert({ ...emptyOrder, ...order });
        return 'inserted';
      } catch (error) {
        if (isDuplicate(error)) return 'duplicate';
        throw error;
      }
    },

    /**
     * Allows another attempt to create the order at its channel, unless it ended, expired or is being closed.
     * The moment is kept, because what is under way may take effect until long after.
     */
    async beginCreateAttempt(id: string, now: Date): Promise<boolean> {
      const guard =
        "id = :id AND status = 'progress' AND ending = 'expiry' AND expires_at > :now AND (lease_until IS NULL OR lease_until <= :now)";
      return (await change(orders.manager, { createAttemptedAt: now }, guard, { id, now })) === 1;
    },

    /** False: it ended while it was being created. */
    async confirmCreation(id: string, payBody: string): Promise<boolean> {
      const set = { payBody, errorMsg: null };
      return (await change(orders.manager, set, "id = :id AND status = 'progress'", { id })) === 1;
    },

    async noteCreateError(id: string, errorMsg: string): Promise<void> {
      await change(orders.manager, { errorMsg: errorMsg.slice(0, 300) }, 'id = :id AND pay_body IS NULL', {
        id,
      });
    },

    /**
     * One operation at a time on one order (G7). Null: it ended meanwhile, or another holds the lease (租约). `set`
     * is what the operation must not forget if it dies.
     */
    async takeLease(
      order: PaymentOrder,
      lease: { token: string; until: Date; set: Change },
      now: Date,
    ): Promise<PaymentOrder | null> {
      const guard = 'id = :id AND status = :status AND (lease_until IS NULL OR lease_until <= :now)';
      const taken = await orders
        .createQueryBuilder()
        .update()
        .set({
          ...lease.set,
          leaseToken: lease.token,
          leaseUntil: lease.until,
          closeAttempts: () => 'close_attempts + 1',
        })
        .where(guard, { id: order.id, status: order.status, now })
        .execute();
      if (taken.affected !== 1) return null;
      return orders.findOneBy({ id: order.id, leaseToken: lease.token });
    },

    /**
     * Prolongs the leases of one process, all at once, and only those that it still holds: the tokens of these. One
     * that has run out stays so.
     */
    async prolongLeases(
      leases: { id: string; token: string }[],
      until: Date,
      now: Date,
    ): Promise<Set<string>> {
      const parameters = {
        // As numbers: compared with text, a BIGINT's index is not used for a list.
        ids: leases.map(({ id }) => Number(id)),
        tokens: leases.map(({ token }) => token),
        now,
      };
      const guard = 'id IN (:...ids) AND lease_token IN (:...tokens)';
      await change(orders.manager, { leaseUntil: until }, `${guard} AND lease_until > :now`, parameters);
      const held = await orders
        .createQueryBuilder('o')
        .select(['o.id', 'o.leaseToken'])
        .where(`${guard} AND lease_until > :now`, parameters)
        .getMany();
      return new Set(held.flatMap(({ leaseToken }) => leaseToken ?? []));
    },

    /**
     * Notes what somebody asked for while another operation has the lease: due when the lease runs out or earlier.
     * A wish to cancel outweighs one to close. False: it has ended, or that is asked for already.
     */
    async wish(id: string, ending: 'close' | 'cancel', now: Date): Promise<boolean> {
      const guard =
        ending === 'cancel'
          ? "status IN ('progress', 'success') AND ending <> 'cancel'"
          : "status = 'progress' AND ending = 'expiry'";
      const set = { ending, nextCloseAt: () => 'COALESCE(lease_until, :now)' };
      return (await change(orders.manager, set, `id = :id AND ${guard}`, { id, now })) === 1;
    },

    /**
     * Notes that a close which may send money back is about to be asked for. False: somebody has paid or the lease is
     * lost; then it must not be.
     */
    async beginReverse({ id, leaseToken }: PaymentOrder): Promise<boolean> {
      const set = { ending: () => "IF(ending = 'cancel', ending, 'reverse')" };
      const guard = "id = :id AND status = 'progress' AND lease_token = :leaseToken";
      return (await change(orders.manager, set, guard, { id, leaseToken })) === 1;
    },

    /** A closed order that may still be paid becomes a cancelled one, with its record. False: it is not any more. */
    async cancelWatched({ id }: PaymentOrder, record: NewCloseRecord): Promise<boolean> {
      const guard = "id = :id AND status = 'close' AND watch_until IS NOT NULL AND late_paid_at IS NULL";
      return transaction(async (manager) => {
        const set = { status: 'cancel', ending: 'cancel' } as const;
        const done = (await change(manager, set, guard, { id })) === 1;
        if (!done) return false;
        await manager.insert(CloseRecordEntity, record);
        await noteChange(manager, { id, status: 'close' }, record.createdAt);
        return true;
      });
    },

    /** Gives the lease back if it is still this one's. */
    async returnLease({ id, leaseToken }: PaymentOrder): Promise<void> {
      await change(orders.manager, noLease, 'id = :id AND lease_token = :leaseToken', { id, leaseToken });
    },

    /**
     * A closed or cancelled order that turns out to be payable is watched, from now on. Unless it was being watched,
     * that is a violation, counted with it. False: the lease is lost, or somebody has paid it meanwhile.
     */
    async watchAgain(leased: PaymentOrder, watchUntil: Date, now: Date): Promise<boolean> {
      const guard =
        "status IN ('close', 'cancel') AND lease_token = :token AND paid_at IS NULL AND late_paid_at IS NULL";
      const parameters = { id: leased.id, token: leased.leaseToken };
      return transaction(async (manager) => {
        const set = { watchUntil, nextCloseAt: now };
        await noteViolation(manager, 'payable', 'late_paid_at IS NULL', leased.id, now);
        return (await change(manager, set, `id = :id AND ${guard}`, parameters)) === 1;
      });
    },

    /**
     * Ends an attempt: the change, the lease's return and the record (G8), together or not at all. False: the
     * order ended meanwhile or the lease was lost to another; then nothing of the change was applied, and only
     * the record is kept, as `overtaken`.
     */
    async endAttempt(leased: PaymentOrder, set: Change, record: NewCloseRecord): Promise<boolean> {
      return finishAttempt(leased, { stuckAt: null, ...set }, {}, record);
    },

    /**
     * Ends an attempt that decided nothing, like `endAttempt`. If somebody made the order due or asked for its end
     * meanwhile, that stands.
     */
    async postponeAttempt(
      leased: PaymentOrder,
      next: {
        at: Date;
        ending: Ending;
        reason: PendingReason | null;
        count: number;
        stuckAt: Date | null;
      },
      record: NewCloseRecord,
    ): Promise<boolean> {
      const set = {
        nextCloseAt: () => 'IF(next_close_at <=> :was, :next, next_close_at)',
        ending: () => "IF(ending = 'expiry', :ending, ending)",
        retryReason: next.reason,
        retryCount: next.count,
        stuckAt: next.stuckAt,
      };
      const parameters = { was: leased.nextCloseAt, next: next.at, ending: next.ending };
      return finishAttempt(leased, set, parameters, record);
    },

    /**
     * A payment, with the notification or the close attempt that told of it: both or neither. Needs no lease: it
     * wins any race by its guard.
     * - `recorded`: unpaid before, paid now. Its timer is gone, unless it is being cancelled or reversed: then the money
     *   must go back, and it is due at once.
     * - `late`: the order had ended unpaid. A closed one becomes `lateStatus`, of a cancelled one the money must go
     *   back; where it must, it is due at once. Unless it was being watched, that is a violation, counted with it.
     * - `repeated`: known already.
     */
    async recordPayment(
      order: PaymentOrder,
      payment: { channelTradeNo: string; paidAt: Date },
      source: PaymentSource,
      { now, lateStatus }: { now: Date; lateStatus: LateStatus },
    ): Promise<PaymentOutcome> {
      const { channelTradeNo, paidAt } = payment;
      return transaction(async (manager) => {
        const paid: Partial<PaymentOrder> = { status: 'success', channelTradeNo, paidAt };
        const told: Partial<PaymentOrder> = { channelTradeNo, latePaidAt: paidAt };
        const back = { status: 'refunding', nextCloseAt: now } as const;
        const closed = {
          refunding: { ...told, ...back },
          success: { ...told, ...paid, closedAt: null, nextCloseAt: null },
          close: { ...told, nextCloseAt: null },
        }[lateStatus];
        const idle = { nextCloseAt: null, watchUntil: null, ...noFailures, ...noLease };
        const open = "id = :id AND status = 'progress' AND ending";
        const unpaid = 'AND paid_at IS NULL AND late_paid_at IS NULL';
        const { id } = order;
        let outcome: PaymentOutcome = 'repeated';
        if (
          (await change(manager, { ...paid, ...idle }, `${open} NOT IN ('reverse', 'cancel')`, { id })) ===
            1 ||
          (await change(manager, { ...paid, ...idle, nextCloseAt: now }, `${open} IN ('reverse', 'cancel')`, {
            id,
          })) === 1
        ) {
          outcome = 'recorded';
          await noteChange(manager, { id, status: 'progress' }, now);
        } else {
          await noteViolation(manager, 'paid', `status IN ('close', 'cancel') ${unpaid}`, id, now);
          const late = async (status: OrderStatus, set: Change) => {
            const guard = `id = :id AND status = '${status}' ${unpaid}`;
            if ((await change(manager, { ...idle, ...set }, guard, { id })) === 0) return false;
            await noteChange(manager, { id, status }, now);
            return true;
          };
          if ((await late('close', closed)) || (await late('cancel', { ...told, ...back }))) outcome = 'late';
        }
        if ('notification' in source) await keepNotification(manager, { ...source.notification, outcome });
        if ('record' in source) {
          const { status: statusAfter } = await manager.findOneByOrFail(PaymentOrderEntity, { id });
          const asLate = outcome === 'late' ? { outcome } : {};
          await manager.insert(CloseRecordEntity, { ...source.record, statusAfter, ...asLate });
        }
        return outcome;
      });
    },

    /** A notification that changes no order, kept all the same. Kept once however often it comes. */
    async keepNotification(notification: Omit<ChannelNotification, 'id'>): Promise<void> {
      await keepNotification(db.manager, notification);
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
        reopen: { status: 'success', paidAt: order.latePaidAt, closedAt: null },
        handled: { lateHandledAt: now },
      } as const satisfies Record<LateDecision, Change>;
      const guard =
        "id = :id AND status = :status AND status IN ('close', 'refunding') AND late_paid_at IS NOT NULL AND next_close_at IS NULL AND (lease_until IS NULL OR lease_until <= :now)";
      const { id, status } = order;
      return transaction(async (manager) => {
        const done = (await change(manager, set[decision], guard, { id, status, now })) === 1;
        if (!done) return false;
        await manager.insert(CloseRecordEntity, record);
        await noteChange(manager, order, now);
        return true;
      });
    },

    /** Late payments that wait for a person, oldest first: kept by policy, or of which the refund was refused. */
    async lateForPeople(limit: number): Promise<PaymentOrder[]> {
      return orders
        .createQueryBuilder('o')
        .where('o.late_paid_at IS NOT NULL AND o.late_handled_at IS NULL AND o.next_close_at IS NULL')
        .andWhere("o.status IN ('close', 'refunding')")
        .orderBy('o.latePaidAt')
        .addOrderBy('o.id')
        .limit(limit)
        .getMany();
    },

    /** How many closed orders turned out to be paid or payable; they should stay none. */
    countViolations: (): Promise<number> => db.getRepository(ViolationEntity).count(),

    /** Moves the timer of an open order that nobody has asked to end. */
    async postpone(id: string, nextCloseAt: Date): Promise<void> {
      await change(
        orders.manager,
        { nextCloseAt },
        "id = :id AND status = 'progress' AND ending = 'expiry'",
        { id },
      );
    },

    /** Puts off an order whose channel cannot be asked, as we are configured; no attempt was made. */
    async postponeUnasked(order: PaymentOrder, next: { at: Date; ending: Ending; now: Date }): Promise<void> {
      const set: Change = {
        nextCloseAt: next.at,
        ending: () => "IF(ending = 'expiry' OR :ending = 'cancel', :ending, ending)",
        retryReason: 'misconfigured',
        stuckAt: () => 'COALESCE(stuck_at, :now)',
      };
      const guard = 'id = :id AND status = :status';
      const { id, status } = order;
      await change(orders.manager, set, guard, { id, status, ending: next.ending, now: next.now });
    },

    /** Makes an open order due now, forgetting its earlier failures. A cancel stays one. False: it has ended. */
    async makeDue(id: string, now: Date): Promise<boolean> {
      const ending = () => "IF(ending = 'expiry', 'close', ending)";
      const set = { nextCloseAt: now, ending, ...noFailures };
      return (await change(orders.manager, set, "id = :id AND status = 'progress'", { id })) === 1;
    },

    /**
     * Lets an order for which something is left to do, whatever that is, begin again at `at`, forgetting its earlier
     * failures. False: nothing is left.
     */
    async beginAgain(id: string, at: Date): Promise<boolean> {
      const set = { nextCloseAt: at, ...noFailures };
      const guard = "id = :id AND next_close_at IS NOT NULL AND (status <> 'success' OR ending = 'cancel')";
      return (await change(orders.manager, set, guard, { id })) === 1;
    },

    /**
     * Orders whose time has come, oldest first, at most `limit`, after the one given. The page is written out as
     * two comparisons, because MySQL does not use the index for a row comparison.
     */
    async overdue(now: Date, limit: number, after: OverdueOrder | null): Promise<OverdueOrder[]> {
      const query = orders
        .createQueryBuilder('o')
        .select(['o.id', 'o.orderNo', 'o.channel', 'o.status', 'o.nextCloseAt', 'o.watchUntil'])
        .where('o.next_close_at <= :now', { now });
      if (after !== null) {
        query.andWhere('(o.next_close_at > :at OR (o.next_close_at = :at AND o.id > :id))', {
          at: after.nextCloseAt,
          id: after.id,
        });
      }
      return query.orderBy('o.nextCloseAt').addOrderBy('o.id').limit(limit).getMany();
    },
  };
}

export type PaymentOutcome = 'recorded' | 'late' | 'repeated';

/** Where a payment was learned from; empty for the answer to the creation itself. */
export type PaymentSource =
  | { notification: Omit<ChannelNotification, 'id' | 'outcome'> }
  | { record: NewCloseRecord }
  | Record<string, never>;

export type NewCloseRecord = Omit<CloseRecord, 'id'>;

export type OverdueOrder = Pick<
  PaymentOrder,
  'id' | 'orderNo' | 'channel' | 'status' | 'nextCloseAt' | 'watchUntil'
>;

/** Once for each order and kind, where `guard` holds and the order is not being watched. */
async function noteViolation(
  manager: EntityManager,
  kind: 'paid' | 'payable',
  guard: string,
  id: string,
  now: Date,
): Promise<void> {
  await manager.query(
    `INSERT IGNORE INTO violation (order_id, order_no, channel, kind, found_at)
     SELECT id, order_no, channel, ?, ? FROM payment_order WHERE id = ? AND watch_until IS NULL AND ${guard}`,
    [kind, now, id],
  );
}

async function keepNotification(
  manager: EntityManager,
  notification: Omit<ChannelNotification, 'id'>,
): Promise<void> {
  try {
    await manager.insert(ChannelNotificationEntity, notification);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    // A repetition may bring about what the first could not.
    const { channel, eventId, outcome } = notification;
    const undecided = In(['unknown_order', 'mismatch']);
    if (outcome === 'repeated') return;
    await manager.update(ChannelNotificationEntity, { channel, eventId, outcome: undecided }, { outcome });
  }
}
