import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { shownStatus } from '../lifecycle.ts';
import type { OrderStatus, PaymentOrder } from '../order.ts';
import { type MerchantNotice, MerchantNoticeEntity } from './notice-entities.ts';
import { writeSnapshot } from './notice-snapshot.ts';

/** A change of an order: `order` is as changed, `shownBefore` the status shown before. */
export interface ShownChange {
  order: PaymentOrder;
  shownBefore: OrderStatus;
  now: Date;
}

/**
 * Enqueues the merchants' notices of status changes, in the transaction that makes the changes: both or neither (G6).
 * Skips a merchant that already got this status, so that one ending is one event, or opted out. Due now; `src/notice/`
 * sends them. At most one change of each order.
 */
export async function enqueueNotices(manager: EntityManager, changes: readonly ShownChange[]): Promise<void> {
  const wanted = changes.filter(({ order }) => !order.notNotify && order.notifyUrl !== null);
  if (wanted.length === 0) return;
  const last = await lastEvents(
    manager,
    wanted.map(({ order }) => order.orderNo),
  );
  const notices = wanted.flatMap(({ order, shownBefore, now }) => {
    const shown = shownStatus(order);
    if (shown === (last.get(order.orderNo) ?? shownBefore)) return [];
    return [noticeOf(order, shown, now)];
  });
  if (notices.length > 0) await manager.insert(MerchantNoticeEntity, notices);
}

/** Enqueues the notice of one change; see `enqueueNotices`. */
export function enqueueNotice(
  manager: EntityManager,
  order: PaymentOrder,
  shownBefore: OrderStatus,
  now: Date,
): Promise<void> {
  return enqueueNotices(manager, [{ order, shownBefore, now }]);
}

/** The event of each order's last notice, by order number. */
async function lastEvents(manager: EntityManager, orderNos: string[]): Promise<Map<string, OrderStatus>> {
  const notices = await manager
    .createQueryBuilder(MerchantNoticeEntity, 'n')
    .select(['n.id', 'n.orderNo', 'n.event'])
    .where('n.orderNo IN (:...orderNos)', { orderNos })
    .orderBy('n.id')
    .getMany();
  return new Map(notices.map(({ orderNo, event }) => [orderNo, event]));
}

function noticeOf(order: PaymentOrder, event: OrderStatus, now: Date): Omit<MerchantNotice, 'id'> {
  const url = order.notifyUrl ?? '';
  return {
    eventId: randomUUID(),
    orderId: order.id,
    orderNo: order.orderNo,
    event,
    url,
    host: hostOf(url),
    snapshot: writeSnapshot(order),
    state: 'pending',
    attempts: 0,
    attemptsBefore: 0,
    nextAt: now,
    leaseToken: null,
    createdAt: now,
    endedAt: null,
  };
}

/** The host without port or final dot. Never too long and never throws: a bad URL must not make a payment fail. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '').slice(0, 255) : '';
}
