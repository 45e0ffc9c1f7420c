import { type DataSource, type EntityManager, In } from 'typeorm';
import { inTransaction, isDuplicate, isDuplicateOf } from '../../platform/mysql/database.ts';
import { leaseFree, where } from '../lifecycle.ts';
import type { PaymentOrder } from '../order.ts';
import { newOrderId } from '../order-id.ts';
import type { NamedOrder, OrderNumbers } from '../outcomes.ts';
import { createArchiveStore } from './archive/archive-store.ts';
import { createAttemptStore } from './attempt-store.ts';
import { PaymentOrderEntity } from './entities.ts';
import { createFaultyStore } from './faulty-store.ts';
import { createFinders, type Finder, isAscii } from './find-orders.ts';
import { change, noFailures } from './guarded-change.ts';
import { createPaymentStore } from './payment-store.ts';

export type OrderStore = ReturnType<typeof createOrderStore>;

/** The fields that start empty. */
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

/** The fields of a new order; all others start empty. */
export type NewOrder = Omit<PaymentOrder, 'id' | keyof typeof emptyOrder>;

/**
 * The only writer of orders. Every change is one guarded UPDATE; if its guard does not hold, the function says so by its
 * result, never by an exception. Transactions are short, at READ COMMITTED, and wait for nothing but the database. Throws
 * if the database is unreachable.
 */
export function createOrderStore(db: DataSource) {
  const orders = db.getRepository(PaymentOrderEntity);
  const archive = createArchiveStore(db);
  const find = createFinders(db);

  /** Finds an order to change it: an archived one is moved back first. */
  async function toChange<T>(
    look: (table: Finder) => Promise<T | null>,
    idOf: (found: T) => string,
  ): Promise<T | null> {
    const found = await look(find.live);
    if (found !== null) return found;
    const archived = await look(find.archived);
    if (archived !== null) await archive.restore(idOf(archived));
    return look(find.live);
  }
  /** Looks once more at the live orders at last: another process may have moved the order back in between. */
  async function anywhere<T>(look: (table: Finder) => Promise<T | null>): Promise<T | null> {
    return (await look(find.live)) ?? (await look(find.archived)) ?? look(find.live);
  }

  return Object.assign(createAttemptStore(db), createPaymentStore(db), createFaultyStore(db), {
    archiveBatch: archive.archiveBatch,
    restore: archive.restore,

    /** For orders that are known to exist; archived ones too, since orders are never deleted. Throws if there is none. */
    async get(id: string): Promise<PaymentOrder> {
      const order = await anywhere((table) => table.get(id));
      if (order === null) throw new Error(`no order has the id ${id}`);
      return order;
    },

    /** Accepts any text. Finds archived orders too, to be read only. */
    find: (orderNo: string): Promise<PaymentOrder | null> => anywhere((table) => table.find(orderNo)),

    /** Like `find`, to change the order: an archived one is moved back first. */
    findToChange: (orderNo: string): Promise<PaymentOrder | null> =>
      toChange(
        (table) => table.find(orderNo),
        ({ id }) => id,
      ),

    /** The existing ones that are not archived, in one query. */
    findAll: (orderNos: string[]): Promise<PaymentOrder[]> =>
      orders.findBy({ orderNo: In(orderNos.filter(isAscii)) }),

    /** Finds archived orders too, to be read only. */
    findByBizOrderNo: (bizOrderNo: string): Promise<PaymentOrder | null> =>
      anywhere((table) => table.findByBizOrderNo(bizOrderNo)),

    /** Finds an order by the numbers a merchant gives, archived or not, to be read only; see `Finder`. */
    findByNumbers: (numbers: OrderNumbers): Promise<PaymentOrder | null> =>
      anywhere((table) => table.findByNumbers(numbers)),

    /** Like `findByNumbers`, and checks that all numbers identify that order. */
    findNamed: (numbers: OrderNumbers): Promise<NamedOrder | null> =>
      anywhere((table) => table.findNamed(numbers)),

    /** Like `findNamed`, to change the order: an archived one is moved back first. */
    findNamedToChange: (numbers: OrderNumbers): Promise<NamedOrder | null> =>
      toChange(
        (table) => table.findNamed(numbers),
        ({ order }) => order.id,
      ),

    listByChannelTradeNo: find.listByChannelTradeNo,

    /**
     * Inserts an order. `payBody` only if the channel has confirmed the order already. `duplicate`: an order has one of its
     * numbers, in the archive or not. The archive is read after the insert, which waits for a move of the same numbers.
     */
    async insert(
      order: NewOrder & Partial<Pick<PaymentOrder, 'payBody'>>,
    ): Promise<'inserted' | 'duplicate'> {
      for (;;) {
        try {
          return await inTransaction(db, async (manager) => {
            await manager.insert(PaymentOrderEntity, { ...emptyOrder, ...order, id: newOrderId() });
            if (await isArchived(manager, order)) throw new ArchivedNumber();
            return 'inserted' as const;
          });
        } catch (error) {
          if (error instanceof ArchivedNumber) return 'duplicate';
          if (!isDuplicate(error)) throw error;
          if (!isDuplicateOf(error, 'PRIMARY')) return 'duplicate';
        }
      }
    },

    /**
     * Allows another attempt to create the order at its channel. Stores the time, because a creation in flight may take
     * effect much later. False: the order has ended or expired, or is being closed.
     */
    async beginCreateAttempt(id: string, now: Date): Promise<boolean> {
      const guard = `id = :id AND ${where.untouched} AND expires_at > :now AND ${leaseFree}`;
      return (await change(orders.manager, { createAttemptedAt: now }, guard, { id, now })) === 1;
    },

    /** Records that a creation may have taken effect until `now`. No effect on an order that has ended. */
    async recordLateCreation(id: string, now: Date): Promise<void> {
      const guard = "id = :id AND status = 'progress'";
      await change(orders.manager, { createAttemptedAt: now }, guard, { id });
    },

    /** Records that the channel has created the order. False: the order ended meanwhile. */
    async confirmCreation(id: string, payBody: string): Promise<boolean> {
      const set = { payBody, errorMsg: null };
      return (await change(orders.manager, set, `id = :id AND ${where.open}`, { id })) === 1;
    },

    async recordCreateError(id: string, errorMsg: string): Promise<void> {
      await change(orders.manager, { errorMsg: errorMsg.slice(0, 300) }, 'id = :id AND pay_body IS NULL', {
        id,
      });
    },

    /** Moves the timer of an open order. False: it has ended, or its close or cancel was requested. */
    async postpone(id: string, nextCloseAt: Date): Promise<boolean> {
      const guard = `id = :id AND ${where.untouched}`;
      return (await change(orders.manager, { nextCloseAt }, guard, { id })) === 1;
    },

    /**
     * Makes an unpaid order due now, so that its channel is queried: by a poll, a close, or a look after its end. If an
     * operation holds the lease, it may have queried already, so the order is due when the lease expires. False: it is paid,
     * or due already.
     */
    async makeQueryDue(id: string, now: Date): Promise<boolean> {
      const guard = `id = :id AND ${where.unpaid} AND (next_close_at IS NULL OR next_close_at > :now OR lease_until > :now)`;
      const nextCloseAt = () => 'IF(lease_until > :now, lease_until, :now)';
      return (await change(orders.manager, { nextCloseAt }, guard, { id, now })) === 1;
    },

    /** Removes the due time of an order that has nothing left to do. No effect if the order has changed since. */
    async dropTimer({ id, status, nextCloseAt: was }: PaymentOrder): Promise<void> {
      const guard = 'id = :id AND status = :status AND next_close_at = :was';
      await change(orders.manager, { nextCloseAt: null }, guard, { id, status, was });
    },

    /** Makes an open order due now and resets its failures. A cancel stays a cancel. False: the order has ended. */
    async makeDue(id: string, now: Date): Promise<boolean> {
      const ending = () => "IF(ending = 'expiry', 'close', ending)";
      const set = { nextCloseAt: now, ending, ...noFailures };
      return (await change(orders.manager, set, `id = :id AND ${where.open}`, { id })) === 1;
    },

    /**
     * Makes an order with work left due at `at` and resets its failures. The last look at a closed order waits for its
     * time. False: nothing is left to do.
     */
    async restart(id: string, at: Date): Promise<boolean> {
      const set = { nextCloseAt: at, ...noFailures };
      return (await change(orders.manager, set, `id = :id AND ${where.restartable}`, { id, now: at })) === 1;
    },

    /**
     * Orders that are due, oldest first, at most `limit`, after `after`. The cursor is two comparisons, because MySQL does
     * not use the index for a row comparison.
     */
    async due(now: Date, limit: number, after: DueOrder | null): Promise<DueOrder[]> {
      const query = orders
        .createQueryBuilder('o')
        .select(['o.id', 'o.orderNo', 'o.channel', 'o.status', 'o.nextCloseAt', 'o.watchUntil', 'o.traceId'])
        .where('o.next_close_at <= :now', { now });
      if (after !== null) {
        query.andWhere('(o.next_close_at > :at OR (o.next_close_at = :at AND o.id > :id))', {
          at: after.nextCloseAt,
          id: after.id,
        });
      }
      return query.orderBy('o.nextCloseAt').addOrderBy('o.id').limit(limit).getMany();
    },
  });
}

/** Undoes an insert. */
class ArchivedNumber extends Error {}

async function isArchived(
  manager: EntityManager,
  { orderNo, bizOrderNo }: Pick<PaymentOrder, 'orderNo' | 'bizOrderNo'>,
): Promise<boolean> {
  const found: unknown[] = await manager.query(
    `(SELECT id FROM payment_order_archive WHERE order_no = ?)
      UNION ALL (SELECT id FROM payment_order_archive WHERE biz_order_no = ?)`,
    [orderNo, bizOrderNo],
  );
  return found.length > 0;
}

export type DueOrder = Pick<
  PaymentOrder,
  'id' | 'orderNo' | 'channel' | 'status' | 'nextCloseAt' | 'watchUntil' | 'traceId'
>;
