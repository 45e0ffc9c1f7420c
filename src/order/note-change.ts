import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { PaymentOrderEntity } from './entities.ts';
import { MerchantNoticeEntity } from './notice-entities.ts';
import { writeSnapshot } from './notice-snapshot.ts';
import type { PaymentOrder } from './order.ts';

/**
 * Writes what the merchant is to be told of a change of `status`, in the transaction that makes the change: both or
 * neither (G6). `before` is the order as it was. Nothing is written where the status is the same, or the merchant
 * does not want to be told. Due at once; `src/notice/` sends it.
 */
export async function noteChange(
  manager: EntityManager,
  before: Pick<PaymentOrder, 'id' | 'status'>,
  now: Date,
): Promise<void> {
  const order = await manager.findOneByOrFail(PaymentOrderEntity, { id: before.id });
  if (order.status === before.status || order.notNotify || order.notifyUrl === null) return;
  await manager.insert(MerchantNoticeEntity, {
    eventId: randomUUID(),
    orderId: order.id,
    orderNo: order.orderNo,
    event: order.status,
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

/** One machine, whatever its ports and spellings. Never too long and never an error: no payment may fail for want of a good address. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '').slice(0, 255) : '';
}
