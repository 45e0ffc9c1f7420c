import type { DataSource, EntityManager } from 'typeorm';
import { isDuplicate } from '../platform/database.ts';
import {
  type ChannelNotification,
  ChannelNotificationEntity,
  type CloseRecord,
  CloseRecordEntity,
  PaymentOrderEntity,
} from './entities.ts';
import type { OrderStatus, PaymentOrder } from './order.ts';
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
  | 'watchUntil'
  | 'closeAttempts'
  | 'retryReason'
  | 'retryCount'
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
  watchUntil: null,
  closeAttempts: 0,
  retryReason: null,
  retryCount: 0,
  leaseToken: null,
  leaseUntil: null,
} satisfies Partial<PaymentOrder>;

const noLease = { leaseToken: null, leaseUntil: null };

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
    set: Partial<PaymentOrder>,
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

  return {
    /** Throws if there is none: for orders that are known to exist. Orders are never deleted. */
    get: (id: string): Promise<PaymentOrder> => orders.findOneByOrFail({ id }),

    find: (orderNo: string): Promise<PaymentOrder | null> => orders.findOneBy({ orderNo }),

    findByBizOrderNo: (bizOrderNo: string): Promise<PaymentOrder | null> => orders.findOneBy({ bizOrderNo }),

    /** By the numbers a merchant gives; the system's number wins. An all-digit system number is an id. */
    async findByNumbers({ orderNo, bizOrderNo }: OrderNumbers): Promise<PaymentOrder | null> {
      if (orderNo !== null) return orders.findOneBy(/^\d+$/.test(orderNo) ? { id: orderNo } : { orderNo });
      return bizOrderNo === null ? null : orders.findOneBy({ bizOrderNo });
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
        "id = :id AND status = 'progress' AND expires_at > :now AND (lease_until IS NULL OR lease_until <= :now)";
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

    /** One operation at a time on one order (G7). Null: it ended meanwhile, or another holds the lease (租约). */
    async takeLease(
      order: PaymentOrder,
      token: string,
      until: Date,
      now: Date,
    ): Promise<PaymentOrder | null> {
      const guard = 'id = :id AND status = :status AND (lease_until IS NULL OR lease_until <= :now)';
      const taken = await orders
        .createQueryBuilder()
        .update()
        .set({ leaseToken: token, leaseUntil: until, closeAttempts: () => 'close_attempts + 1' })
        .where(guard, { id: order.id, status: order.status, now })
        .execute();
      if (taken.affected !== 1) return null;
      return orders.findOneBy({ id: order.id, leaseToken: token });
    },

    /**
     * Ends an attempt: the change, the lease's return and the record (G8), together or not at all. False: the
     * order ended meanwhile or the lease was lost to another; then nothing of the change was applied, and only
     * the record is kept, as `overtaken`.
     */
    async endAttempt(
      leased: PaymentOrder,
      set: Partial<PaymentOrder>,
      record: NewCloseRecord,
    ): Promise<boolean> {
      return db.transaction('READ COMMITTED', async (manager) => {
        const guard = 'id = :id AND status = :status AND lease_token = :token';
        const parameters = { id: leased.id, status: leased.status, token: leased.leaseToken };
        const done = (await change(manager, { ...set, ...noLease }, guard, parameters)) === 1;
        if (done) {
          await manager.insert(CloseRecordEntity, record);
        } else {
          const now = await manager.findOneByOrFail(PaymentOrderEntity, { id: leased.id });
          await manager.insert(CloseRecordEntity, {
            ...record,
            outcome: 'overtaken',
            statusAfter: now.status,
          });
        }
        return done;
      });
    },

    /**
     * A payment, with the notification or the close attempt that told of it: both or neither. Needs no lease: it
     * wins any race by its guard.
     * - `recorded`: unpaid before, paid now, its timer gone.
     * - `late`: the order had ended unpaid; kept for a person.
     * - `repeated`: known already.
     */
    async recordPayment(
      order: PaymentOrder,
      payment: { channelTradeNo: string; paidAt: Date },
      source: PaymentSource,
    ): Promise<PaymentOutcome> {
      const { channelTradeNo, paidAt } = payment;
      return db.transaction('READ COMMITTED', async (manager) => {
        const paid: Partial<PaymentOrder> = { status: 'success', channelTradeNo, paidAt };
        const idle = { nextCloseAt: null, watchUntil: null, retryReason: null, ...noLease };
        const late = "id = :id AND status IN ('close', 'cancel') AND late_paid_at IS NULL";
        const { id } = order;
        let outcome: PaymentOutcome = 'repeated';
        if ((await change(manager, { ...paid, ...idle }, "id = :id AND status = 'progress'", { id })) === 1) {
          outcome = 'recorded';
        } else if (
          (await change(manager, { channelTradeNo, latePaidAt: paidAt, ...idle }, late, { id })) === 1
        ) {
          outcome = 'late';
        }
        if ('notification' in source) await keepNotification(manager, { ...source.notification, outcome });
        else await manager.insert(CloseRecordEntity, source.record);
        return outcome;
      });
    },

    /** A notification that changes no order, kept all the same. Kept once however often it comes. */
    async keepNotification(notification: Omit<ChannelNotification, 'id'>): Promise<void> {
      await keepNotification(db.manager, notification);
    },

    /** Whether there are orders whose merchant number does not begin like this. */
    async hasOrdersNotLike(prefix: string): Promise<boolean> {
      return orders
        .createQueryBuilder('o')
        .where('o.biz_order_no NOT LIKE :p', { p: `${prefix}%` })
        .getExists();
    },

    /** Makes an open order due now, forgetting its earlier failures. False: it has ended. */
    async makeDue(id: string, now: Date): Promise<boolean> {
      const set = { nextCloseAt: now, retryReason: null, retryCount: 0 };
      return (await change(orders.manager, set, "id = :id AND status = 'progress'", { id })) === 1;
    },

    /**
     * Orders whose time has come, oldest first, at most `limit`, after the one given. The page is written out as
     * two comparisons, because MySQL does not use the index for a row comparison.
     */
    async overdue(now: Date, limit: number, after: OverdueOrder | null): Promise<OverdueOrder[]> {
      const query = orders
        .createQueryBuilder('o')
        .select(['o.id', 'o.orderNo', 'o.channel', 'o.status', 'o.nextCloseAt'])
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

/** Where a payment was learned from. */
export type PaymentSource =
  | { notification: Omit<ChannelNotification, 'id' | 'outcome'> }
  | { record: NewCloseRecord };

export type NewCloseRecord = Omit<CloseRecord, 'id'>;

export type OverdueOrder = Pick<PaymentOrder, 'id' | 'orderNo' | 'channel' | 'nextCloseAt'> & {
  status: OrderStatus;
};

async function keepNotification(
  manager: EntityManager,
  notification: Omit<ChannelNotification, 'id'>,
): Promise<void> {
  try {
    await manager.insert(ChannelNotificationEntity, notification);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}
