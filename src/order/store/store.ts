import { type DataSource, In } from 'typeorm';
import { batched } from '../../platform/batched.ts';
import { isDuplicate, isDuplicateOf } from '../../platform/mysql/database.ts';
import { isDatabaseUnavailable } from '../../platform/mysql/permanent-error.ts';
import { leaseFree, where } from '../lifecycle.ts';
import type { PaymentOrder } from '../order.ts';
import { newOrderId } from '../order-id.ts';
import type { NamedOrder, OrderNumbers } from '../outcomes.ts';
import { createAttemptStore } from './attempt-store.ts';
import { PaymentOrderEntity } from './entities.ts';
import { createFaultyStore } from './faulty-store.ts';
import { change, noFailures } from './guarded-change.ts';
import { createPaymentStore } from './payment-store.ts';

export type OrderStore = ReturnType<typeof createOrderStore>;

/** Orders that one query loads, at most. */
const MOST_IN_BATCH = 100;

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
  const findInBatch = batched(
    async (numbers: readonly string[]) => {
      const found = await orders.findBy({ orderNo: In([...numbers]) });
      // Compared again: MySQL ignores trailing spaces.
      const byNumber = new Map(found.map((order) => [order.orderNo, order]));
      return numbers.map((number) => byNumber.get(number) ?? null);
    },
    { most: MOST_IN_BATCH, keyOf: (number) => number, mayBeOfOne: (error) => !isDatabaseUnavailable(error) },
  );

  return Object.assign(createAttemptStore(db), createPaymentStore(db), createFaultyStore(db), {
    /** For orders that are known to exist, since orders are never deleted. Throws if there is none. */
    get: (id: string): Promise<PaymentOrder> => orders.findOneByOrFail({ id }),

    /** Accepts any text; the database would refuse to compare some of it, so text that cannot be our number finds nothing. */
    find: async (orderNo: string): Promise<PaymentOrder | null> =>
      isAscii(orderNo) ? findInBatch(orderNo) : null,

    /** The existing ones, in one query. */
    findAll: (orderNos: string[]): Promise<PaymentOrder[]> =>
      orders.findBy({ orderNo: In(orderNos.filter(isAscii)) }),

    findByBizOrderNo: async (bizOrderNo: string): Promise<PaymentOrder | null> =>
      having('bizOrderNo', bizOrderNo, await orders.findOneBy({ bizOrderNo })),

    /**
     * Finds an order by the numbers a merchant gives; our own number takes precedence. A short all-digit `orderNo` is an
     * id. A trade number that two channels assigned finds nothing.
     */
    async findByNumbers({
      orderNo,
      bizOrderNo,
      outOrderNo = null,
    }: OrderNumbers): Promise<PaymentOrder | null> {
      if (orderNo !== null)
        return /^\d{1,15}$/.test(orderNo) ? orders.findOneBy({ id: orderNo }) : this.find(orderNo);
      if (bizOrderNo !== null) return this.findByBizOrderNo(bizOrderNo);
      const [order, another] = outOrderNo === null ? [] : await this.listByChannelTradeNo(outOrderNo);
      return another === undefined ? (order ?? null) : null;
    },

    /**
     * Like `findByNumbers`, and checks that all numbers identify that order. After a restored backup, or by a merchant's
     * mistake, they may not.
     */
    async findNamed(numbers: OrderNumbers): Promise<NamedOrder | null> {
      const order = await this.findByNumbers(numbers);
      if (order === null) return null;
      const { orderNo, bizOrderNo, outOrderNo = null, others } = numbers;
      const isFirst = orderNo === null && bizOrderNo === null;
      const bizOrderNos = [...(bizOrderNo === null ? [] : [bizOrderNo]), ...(others?.bizOrderNo ?? [])];
      const looks: [name: string, find: () => Promise<PaymentOrder | null>][] = [];
      for (const number of others?.orderNo ?? [])
        looks.push(['orderNo', () => this.findByNumbers({ orderNo: number, bizOrderNo: null })]);
      for (const number of bizOrderNos.filter((each) => each !== order.bizOrderNo))
        looks.push(['bizOrderNo', () => this.findByBizOrderNo(number)]);
      if (outOrderNo !== null && !isFirst && outOrderNo !== order.channelTradeNo)
        looks.push(['outOrderNo', async () => (await this.listByChannelTradeNo(outOrderNo))[0] ?? null]);
      for (const [name, find] of looks) {
        const other = await find();
        if (other?.id === order.id) continue;
        const means = other === null ? 'no order' : `order ${other.orderNo}`;
        return { order, contradiction: `${name} means ${means}` };
      }
      return { order, contradiction: null };
    },

    /** The orders with this channel trade number, at most two. Two channels may assign the same one. */
    async listByChannelTradeNo(channelTradeNo: string): Promise<PaymentOrder[]> {
      const found = await orders.find({ where: { channelTradeNo }, take: MAX_SPELLINGS });
      return found.filter((order) => having('channelTradeNo', channelTradeNo, order) !== null).slice(0, 2);
    },

    /** Inserts an order. `payBody` only if the channel has confirmed the order already. */
    async insert(
      order: NewOrder & Partial<Pick<PaymentOrder, 'payBody'>>,
    ): Promise<'inserted' | 'duplicate'> {
      for (;;) {
        try {
          await orders.insert({ ...emptyOrder, ...order, id: newOrderId() });
          return 'inserted';
        } catch (error) {
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

/** Our numbers are ASCII; MySQL refuses to compare their columns with other text. */
const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);

/** The column ignores case and trailing spaces, so one trade number may match several rows. */
const MAX_SPELLINGS = 10;

/** The order, if it has exactly this number: MySQL ignores trailing spaces. */
function having(
  field: 'orderNo' | 'bizOrderNo' | 'channelTradeNo',
  number: string,
  order: PaymentOrder | null,
): PaymentOrder | null {
  return order !== null && order[field] === number ? order : null;
}

export type DueOrder = Pick<
  PaymentOrder,
  'id' | 'orderNo' | 'channel' | 'status' | 'nextCloseAt' | 'watchUntil' | 'traceId'
>;
