import { type DataSource, In } from 'typeorm';
import { isDuplicate, isDuplicateOf } from '../../platform/mysql/database.ts';
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

/**
 * The only writer of orders. Every change of an order is one guarded UPDATE, and "the guard did not hold" is an
 * answer of the function, never an exception. Transactions are short, at READ COMMITTED, and none of them waits
 * for anything but the database. Throws when the database cannot be reached.
 */
export function createOrderStore(db: DataSource) {
  const orders = db.getRepository(PaymentOrderEntity);

  return Object.assign(createAttemptStore(db), createPaymentStore(db), createFaultyStore(db), {
    /** Throws if there is none: for orders that are known to exist. Orders are never deleted. */
    get: (id: string): Promise<PaymentOrder> => orders.findOneByOrFail({ id }),

    /** Any text may be asked for. One that is no number of ours is none, where the database would refuse to compare it. */
    find: async (orderNo: string): Promise<PaymentOrder | null> =>
      isAscii(orderNo) ? having('orderNo', orderNo, await orders.findOneBy({ orderNo })) : null,

    /** Those that there are, in one query. */
    findAll: (orderNos: string[]): Promise<PaymentOrder[]> =>
      orders.findBy({ orderNo: In(orderNos.filter(isAscii)) }),

    findByBizOrderNo: async (bizOrderNo: string): Promise<PaymentOrder | null> =>
      having('bizOrderNo', bizOrderNo, await orders.findOneBy({ bizOrderNo })),

    /**
     * By the numbers a merchant gives; the system's number wins. A short all-digit one is an id. A channel's number that
     * another channel has given too means none.
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
     * The same, and whether the other numbers mean it too. After a restored backup, or by a merchant's mistake, two numbers
     * may mean two orders.
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

    /** Those to which a channel gave this number. More than one, by different channels: at most two are told. */
    async listByChannelTradeNo(channelTradeNo: string): Promise<PaymentOrder[]> {
      const found = await orders.find({ where: { channelTradeNo }, take: MAX_SPELLINGS });
      return found.filter((order) => having('channelTradeNo', channelTradeNo, order) !== null).slice(0, 2);
    },

    /** `payBody` only where the channel has confirmed it already. */
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
     * Allows another attempt to create the order at its channel, unless it ended, expired or is being closed.
     * The moment is kept, because what is under way may take effect until long after.
     */
    async beginCreateAttempt(id: string, now: Date): Promise<boolean> {
      const guard = `id = :id AND ${where.untouched} AND expires_at > :now AND ${leaseFree}`;
      return (await change(orders.manager, { createAttemptedAt: now }, guard, { id, now })) === 1;
    },

    /** A creation may have taken effect until `now`. No effect on an order that has ended. */
    async recordLateCreation(id: string, now: Date): Promise<void> {
      const guard = "id = :id AND status = 'progress'";
      await change(orders.manager, { createAttemptedAt: now }, guard, { id });
    },

    /** False: it ended while it was being created. */
    async confirmCreation(id: string, payBody: string): Promise<boolean> {
      const set = { payBody, errorMsg: null };
      return (await change(orders.manager, set, `id = :id AND ${where.open}`, { id })) === 1;
    },

    async recordCreateError(id: string, errorMsg: string): Promise<void> {
      await change(orders.manager, { errorMsg: errorMsg.slice(0, 300) }, 'id = :id AND pay_body IS NULL', {
        id,
      });
    },

    /** Moves the timer of an open order that nobody has asked to end. False: somebody has, or it has ended. */
    async postpone(id: string, nextCloseAt: Date): Promise<boolean> {
      const guard = `id = :id AND ${where.untouched}`;
      return (await change(orders.manager, { nextCloseAt }, guard, { id })) === 1;
    },

    /**
     * Lets an order of which no payment is known be asked about now: polled before its expiry, closed after it, looked at
     * where it has ended. While an operation has its lease, that may have asked already: then when the lease runs out.
     * False: it is paid, or due already.
     */
    async makeQueryDue(id: string, now: Date): Promise<boolean> {
      const guard = `id = :id AND ${where.unpaid} AND (next_close_at IS NULL OR next_close_at > :now OR lease_until > :now)`;
      const nextCloseAt = () => 'IF(lease_until > :now, lease_until, :now)';
      return (await change(orders.manager, { nextCloseAt }, guard, { id, now })) === 1;
    },

    /** Takes away a due time that stands where nothing is left to do. Whatever has changed since then stands. */
    async dropTimer({ id, status, nextCloseAt: was }: PaymentOrder): Promise<void> {
      const guard = 'id = :id AND status = :status AND next_close_at = :was';
      await change(orders.manager, { nextCloseAt: null }, guard, { id, status, was });
    },

    /** Makes an open order due now, forgetting its earlier failures. A cancel stays one. False: it has ended. */
    async makeDue(id: string, now: Date): Promise<boolean> {
      const ending = () => "IF(ending = 'expiry', 'close', ending)";
      const set = { nextCloseAt: now, ending, ...noFailures };
      return (await change(orders.manager, set, `id = :id AND ${where.open}`, { id })) === 1;
    },

    /**
     * Lets an order for which something is left to do, whatever that is, begin again at `at`, forgetting its earlier
     * failures. The last look at a closed order waits for its time. False: nothing is left.
     */
    async restart(id: string, at: Date): Promise<boolean> {
      const set = { nextCloseAt: at, ...noFailures };
      return (await change(orders.manager, set, `id = :id AND ${where.restartable}`, { id, now: at })) === 1;
    },

    /**
     * Orders whose time has come, oldest first, at most `limit`, after the one given. The page is written out as
     * two comparisons, because MySQL does not use the index for a row comparison.
     */
    async overdue(now: Date, limit: number, after: OverdueOrder | null): Promise<OverdueOrder[]> {
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

/** Our numbers are; their columns are compared with nothing else. */
const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);

/** Of one channel's number: the column takes upper and lower case, and spaces at the end, for the same. */
const MAX_SPELLINGS = 10;

/** The order, if it has exactly this number: MySQL compares without the spaces at the end. */
function having(
  field: 'orderNo' | 'bizOrderNo' | 'channelTradeNo',
  number: string,
  order: PaymentOrder | null,
): PaymentOrder | null {
  return order !== null && order[field] === number ? order : null;
}

export type OverdueOrder = Pick<
  PaymentOrder,
  'id' | 'orderNo' | 'channel' | 'status' | 'nextCloseAt' | 'watchUntil' | 'traceId'
>;
