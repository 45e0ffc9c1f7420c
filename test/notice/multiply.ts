import type { PaymentOrder } from '../../src/order/order.ts';
import type { World } from '../support/world.ts';

/** Many more notices like the one of this order, all overdue, for another order and URL. */
export async function multiply(
  world: World,
  order: PaymentOrder,
  { orderNo, url, count }: { orderNo: string; url: string; count: number },
): Promise<void> {
  await world.query(
    `INSERT INTO merchant_notice (event_id, order_id, order_no, event, url, host, snapshot, state, next_at, created_at)
     SELECT UUID(), n.order_id, '${orderNo}', n.event, '${url}', '${new URL(url).hostname}', n.snapshot, 'pending',
       UTC_TIMESTAMP(3) - INTERVAL 1 HOUR, n.created_at
     FROM merchant_notice n JOIN (WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < ${count})
       SELECT i FROM s) numbers WHERE n.order_no = '${order.orderNo}'`,
  );
}
