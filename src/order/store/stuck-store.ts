import type { DataSource } from 'typeorm';
import type { ChannelName } from '../../channel/channel.ts';
import type { PaymentOrder, PendingReason } from '../order.ts';
import { type CloseRecord, CloseRecordEntity, PaymentOrderEntity } from './entities.ts';

/** Selects stuck orders; an omitted field matches all. */
export interface StuckFilter {
  channel?: ChannelName;
  reason?: PendingReason;
  /** Only these, by our order numbers. */
  orderNos?: string[];
}

/** A page of stuck orders. `after`: the last order of the page before. */
export interface StuckPage {
  limit: number;
  after: Pick<StuckOrder, 'id' | 'stuckAt'> | null;
}

export type StuckOrder = PaymentOrder & { stuckAt: Date };

export type StuckStore = ReturnType<typeof createStuckStore>;

/** Reads stuck orders (死信); changes nothing. Throws if the database is unreachable. */
export function createStuckStore(db: DataSource) {
  const orders = db.getRepository(PaymentOrderEntity);

  function matching({ channel, reason, orderNos }: StuckFilter, until: Date) {
    const query = orders.createQueryBuilder('o').where('o.stuck_at <= :until', { until });
    if (channel !== undefined) query.andWhere('o.channel = :channel', { channel });
    if (reason !== undefined) query.andWhere('o.retry_reason = :reason', { reason });
    if (orderNos !== undefined) query.andWhere('o.order_no IN (:...orderNos)', { orderNos });
    return query;
  }

  return {
    count: (filter: StuckFilter, until: Date): Promise<number> => matching(filter, until).getCount(),

    /** One page of the orders stuck since `until` or longer, longest stuck first. */
    async list(filter: StuckFilter, until: Date, { limit, after }: StuckPage): Promise<StuckOrder[]> {
      const query = matching(filter, until);
      if (after !== null) {
        query.andWhere('(o.stuck_at > :at OR (o.stuck_at = :at AND o.id > :id))', {
          at: after.stuckAt,
          id: after.id,
        });
      }
      const page = await query.orderBy('o.stuckAt').addOrderBy('o.id').limit(limit).getMany();
      return page.filter((order): order is StuckOrder => order.stuckAt !== null);
    },

    /** Each order's latest close record, by order id; none for an order that was never attempted. */
    async lastRecords(orderIds: string[]): Promise<Map<string, CloseRecord>> {
      if (orderIds.length === 0) return new Map();
      const records = db.getRepository(CloseRecordEntity);
      const latest = records
        .createQueryBuilder('latest')
        .select('MAX(latest.id)')
        .where('latest.order_id IN (:...orderIds)')
        .groupBy('latest.order_id');
      const found = await records
        .createQueryBuilder('record')
        .where(`record.id IN (${latest.getQuery()})`, { orderIds })
        .getMany();
      return new Map(found.map((record) => [record.orderId, record]));
    },
  };
}
