import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { shownStatus } from '../lifecycle.ts';
import type { OrderStatus, PaymentOrder } from '../order.ts';
import { MerchantNoticeEntity } from './notice-entities.ts';
import { writeSnapshot } from './notice-snapshot.ts';

/**
 * Writes what the merchant is to be told of a change of the order's state, in the transaction that makes the change: both
 * or neither (G6). `order` is as the change has left it, `shownBefore` the state that was shown before. Nothing is written where the merchant was told of that state
 * last, so that an order has one ending and one event, or does not want to be told. Due at once; `src/notice/` sends it.
 */
export async function enqueueNotice(
  manager: EntityManager,
  order: PaymentOrder,
  shownBefore: OrderStatus,
  now: Date,
): Promise<void> {
  if (order.notNotify || order.notifyUrl === null) return;
  const shown = shownStatus(order);
  const last = await manager.findOne(MerchantNoticeEntity, {
    where: { orderNo: order.orderNo },
    order: { id: 'DESC' },
  });
  if (shown === (last?.event ?? shownBefore)) return;
  await manager.insert(MerchantNoticeEntity, {
    eventId: randomUUID(),
    orderId: order.id,
    orderNo: order.orderNo,
    event: shown,
    url: order.notifyUrl,
    host: hostOf(order.notifyUrl),
    snapshot: writeSnapshot(order),
    state: 'pending',
    attempts: 0,
    attemptsBefore: 0,
    nextAt: now,
    leaseToken: null,
    createdAt: now,
    endedAt: null,
  });
}

/**
 * One machine, whatever its ports and spellings. Never too long and never an error: no payment may fail for want of a
 * good address.
 */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '').slice(0, 255) : '';
}
