import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { shownStatus } from '../lifecycle.ts';
import type { OrderStatus, PaymentOrder } from '../order.ts';
import { MerchantNoticeEntity } from './notice-entities.ts';
import { writeSnapshot } from './notice-snapshot.ts';

/**
 * Enqueues the merchant's notice of a status change, in the transaction that makes the change: both or neither (G6).
 * `order` is as changed, `shownBefore` the status shown before. Skipped if the merchant already got this status, so that
 * one ending is one event, or opted out. Due now; `src/notice/` sends it.
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

/** The host without port or final dot. Never too long and never throws: a bad URL must not make a payment fail. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '').slice(0, 255) : '';
}
