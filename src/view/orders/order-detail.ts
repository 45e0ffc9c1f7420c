import type { DataSource } from 'typeorm';
import type { PaymentOrder } from '../../order/order.ts';
import { PaymentOrderEntity } from '../../order/store/entities.ts';
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
  order: OrderView & Pick<PaymentOrder, (typeof detailFields)[number]>;
  timeline: TimelineEvent[];
  actions: OrderAction[];
  lateDecisions: ReturnType<typeof possibleDecisions>;
}

/** One order with its history and its possible actions. Null: no order has this order number. */
export async function readOrderDetail(
  db: DataSource,
  orderNo: string,
  now: Date,
): Promise<OrderDetailView | null> {
  const order = await db.getRepository(PaymentOrderEntity).findOneBy({ orderNo });
  if (order === null) return null;
  const timeline = await readTimeline(db, order);
  const hasNotices = timeline.some(({ kind }) => kind === 'notice');
  return {
    order: { ...viewOrder(order), ...pick(order, detailFields) },
    timeline,
    actions: possibleActions(order, { hasNotices, now }),
    lateDecisions: possibleDecisions(order),
  };
}
