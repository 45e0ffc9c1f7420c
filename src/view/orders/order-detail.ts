import type { DataSource } from 'typeorm';
import type { PaymentOrder } from '../../order/order.ts';
import { archiveTables, liveTables, type OrderTables } from '../../order/store/tables.ts';
import { pick } from '../../platform/pick.ts';
import { type OrderAction, possibleActions, possibleDecisions } from './actions.ts';
import { type OrderView, viewOrder } from './order-row.ts';
import { readTimeline, type TimelineEvent } from './timeline.ts';

const detailFields = [
  'id',
  'description',
  'attach',
  'notifyUrl',
  'clientIp',
  'apiGeneration',
  'channelAccount',
  'errorMsg',
] as const satisfies readonly (keyof PaymentOrder)[];

export interface OrderDetailView {
  /** It is in the archive: nothing is left to do. */
  isArchived: boolean;
  order: OrderView & Pick<PaymentOrder, (typeof detailFields)[number]>;
  timeline: TimelineEvent[];
  actions: OrderAction[];
  lateDecisions: ReturnType<typeof possibleDecisions>;
}

/** One order with its history and its possible actions, also from the archive. Null: no order has this order number. */
export async function readOrderDetail(
  db: DataSource,
  orderNo: string,
  now: Date,
): Promise<OrderDetailView | null> {
  return (await readFrom(db, liveTables, orderNo, now)) ?? (await readFrom(db, archiveTables, orderNo, now));
}

async function readFrom(
  db: DataSource,
  tables: OrderTables,
  orderNo: string,
  now: Date,
): Promise<OrderDetailView | null> {
  const order = await db.getRepository(tables.order).findOneBy({ orderNo });
  if (order === null) return null;
  const timeline = await readTimeline(db, order, tables);
  const hasNotices = timeline.some(({ kind }) => kind === 'notice');
  return {
    isArchived: tables === archiveTables,
    order: { ...viewOrder(order), ...pick(order, detailFields) },
    timeline,
    actions: possibleActions(order, { hasNotices, now }),
    lateDecisions: possibleDecisions(order),
  };
}
