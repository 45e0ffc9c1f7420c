import { type DataSource, In, type Repository } from 'typeorm';
import { batched } from '../../platform/batched.ts';
import { statementBatch } from '../../platform/mysql/database.ts';
import type { PaymentOrder } from '../order.ts';
import type { NamedOrder, OrderNumbers } from '../outcomes.ts';
import { archiveTables, liveTables } from './tables.ts';

type ListByTradeNo = (channelTradeNo: string) => Promise<PaymentOrder[]>;

/** Finds the orders in the live table or in the archive. */
export type Finder = ReturnType<typeof createFinder>;

/** Part of the order store: how it finds orders. Throws if the database is unreachable. */
export function createFinders(db: DataSource) {
  const live = db.getRepository(liveTables.order);
  const archived = db.getRepository(archiveTables.order);
  /** The orders with this channel trade number, archived or not, at most two. Two channels may assign the same one. */
  const listByChannelTradeNo: ListByTradeNo = async (channelTradeNo) => {
    const found: PaymentOrder[] = [];
    for (const orders of [live, archived])
      found.push(...(await orders.find({ where: { channelTradeNo }, take: MAX_SPELLINGS })));
    return found.filter((order) => having('channelTradeNo', channelTradeNo, order) !== null).slice(0, 2);
  };
  return {
    live: createFinder(live, listByChannelTradeNo),
    archived: createFinder(archived, listByChannelTradeNo),
    listByChannelTradeNo,
  };
}

function createFinder(orders: Repository<PaymentOrder>, listByChannelTradeNo: ListByTradeNo) {
  const findInBatch = batched(
    async (numbers: readonly string[]) => {
      const found = await orders.findBy({ orderNo: In([...numbers]) });
      // Compared again: MySQL ignores trailing spaces.
      const byNumber = new Map(found.map((order) => [order.orderNo, order]));
      return numbers.map((number) => byNumber.get(number) ?? null);
    },
    { ...statementBatch, keyOf: (number) => number },
  );

  return {
    get: (id: string): Promise<PaymentOrder | null> => orders.findOneBy({ id }),

    /** Accepts any text; the database would refuse to compare some of it, so text that cannot be our number finds nothing. */
    find: async (orderNo: string): Promise<PaymentOrder | null> =>
      isAscii(orderNo) ? findInBatch(orderNo) : null,

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
      const [order, another] = outOrderNo === null ? [] : await listByChannelTradeNo(outOrderNo);
      return order !== undefined && another === undefined ? this.get(order.id) : null;
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
        looks.push(['outOrderNo', async () => (await listByChannelTradeNo(outOrderNo))[0] ?? null]);
      for (const [name, find] of looks) {
        const other = await find();
        if (other?.id === order.id) continue;
        const means = other === null ? 'no order' : `order ${other.orderNo}`;
        return { order, contradiction: `${name} means ${means}` };
      }
      return { order, contradiction: null };
    },
  };
}

/** Our numbers are ASCII; MySQL refuses to compare their columns with other text. */
export const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);

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
