import type { DataSource } from 'typeorm';
import { PaymentOrderEntity } from '../../order/store/entities.ts';
import { type OrderView, shownFields, viewOrder } from './order-row.ts';

/** Loads orders by id, in the order of the ids; missing ones are left out. */
export async function loadOrders(db: DataSource, ids: string[]): Promise<OrderView[]> {
  if (ids.length === 0) return [];
  const found = await db
    .getRepository(PaymentOrderEntity)
    .createQueryBuilder('o')
    .select(['o.id', ...shownFields.map((field) => `o.${field}`)])
    // As numbers: MySQL does not use a BIGINT's index for a list of strings.
    .where('o.id IN (:...ids)', { ids: ids.map(Number) })
    .getMany();
  const byId = new Map(found.map((order) => [order.id, viewOrder(order)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
