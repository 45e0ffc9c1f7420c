import type { DataSource } from 'typeorm';
import { PaymentOrderEntity } from '../../order/store/entities.ts';
import { type OrderView, shownFields, viewOrder } from './order-row.ts';

/** Orders by their ids, in the order of these; what is not there is left out. */
export async function loadOrders(db: DataSource, ids: string[]): Promise<OrderView[]> {
  if (ids.length === 0) return [];
  const found = await db
    .getRepository(PaymentOrderEntity)
    .createQueryBuilder('o')
    .select(['o.id', ...shownFields.map((field) => `o.${field}`)])
    // As numbers: compared with text, a BIGINT's index is not used for a list.
    .where('o.id IN (:...ids)', { ids: ids.map(Number) })
    .getMany();
  const byId = new Map(found.map((order) => [order.id, viewOrder(order)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
