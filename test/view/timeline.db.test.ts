import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNoticeSender } from '../../src/notice/send-notice.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import type { OrderDetailView } from '../../src/view/orders/order-detail.ts';
import { type Merchant, openMerchant } from '../notice/merchant.ts';
import { startRelay, thisMachine } from '../notice/relay.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let merchant: Merchant;
beforeAll(async () => {
  world = await createWorld();
  merchant = await openMerchant();
  await world.app.serve();
});
afterAll(async () => {
  await world.end();
  await merchant.end();
});

async function detail({ orderNo }: PaymentOrder): Promise<OrderDetailView> {
  const found = await world.app.orderAdmin.readOrder(orderNo);
  if (found === null) throw new Error('no such order');
  return found;
}

test('an order’s timeline has all that happened to it, in the order it happened, and no secret', async () => {
  const control = world.simulator.control;
  const order = await world.create('ali_pay', {
    notifyUrl: `${merchant.url}/notice?token=s3cret`,
    clientIp: '198.51.100.1',
    apiGeneration: '3.0',
  });
  const outage = control.addFault({ kind: 'status', status: 503, match: { orderNo: order.orderNo } });
  await world.close(order, 'admin');
  outage.remove();
  await control.pay(order.orderNo);
  await control.notifications.delivered(order.orderNo);
  await world.cancel(order, 'api');
  const relay = startRelay(world.app, { send: createNoticeSender(thisMachine) });
  await until('the merchant got its notice', async () => {
    const { timeline } = await detail(order);
    return timeline.every((event) => event.kind !== 'notice' || event.state === 'delivered');
  });
  await relay.stop();
  await world.query(
    `INSERT INTO violation (order_id, order_no, channel, kind, found_at)
     VALUES (${order.id}, '${order.orderNo}', 'ali_pay', 'paid', UTC_TIMESTAMP(3) + INTERVAL 1 DAY)`,
  );

  const found = await detail(order);
  expect(found.order).toMatchObject({
    id: order.id,
    status: 'cancel',
    notifyUrl: `${merchant.url}/notice?token=s3cret`,
  });
  expect(found.timeline.map(({ kind }) => kind).filter((kind) => kind !== 'notice')).toEqual([
    'created',
    'attempt',
    'notification',
    'refund',
    'attempt',
    'violation',
  ]);
  const times = found.timeline.map(({ at }) => at.getTime());
  expect(times).toEqual([...times].sort((one, other) => one - other));
  expect(found.timeline).toEqual(
    expect.arrayContaining([
      { kind: 'created', at: order.createdAt, clientIp: '198.51.100.1', apiGeneration: '3.0' },
      expect.objectContaining({
        kind: 'attempt',
        closeType: 'close',
        trigger: 'admin',
        outcome: 'unreachable',
        answers: expect.arrayContaining([{ call: 'query', answer: expect.stringMatching(/^503/) }]),
        statusBefore: 'progress',
        statusAfter: 'progress',
      }),
      expect.objectContaining({ kind: 'notification', outcome: 'recorded', eventId: expect.any(String) }),
      expect.objectContaining({ kind: 'refund', reason: 'cancel', state: 'done', amountFen: 100 }),
      expect.objectContaining({
        kind: 'attempt',
        closeType: 'cancel',
        outcome: 'refunded',
        // A refund's answer is shown as a refund's, not as a query's.
        answers: [{ call: 'cancel', answer: '200 refund' }],
      }),
      expect.objectContaining({
        kind: 'notice',
        event: 'cancel',
        host: '127.0.0.1',
        state: 'delivered',
        attempts: [expect.objectContaining({ outcome: 'delivered', httpStatus: 200, answer: 'SUCCESS' })],
      }),
      { kind: 'violation', at: expect.any(Date), violation: 'paid' },
    ]),
  );
  expect(JSON.stringify(found.timeline)).not.toContain('s3cret');
  const row = await world.reload(order);
  expect(JSON.stringify(found)).not.toContain(row.payBody);
  const bodies = (await world.query('SELECT body FROM channel_notification')) as { body: string }[];
  expect(bodies).toHaveLength(1);
  for (const { body } of bodies) expect(JSON.stringify(found)).not.toContain(JSON.stringify(body));
});

test('an unknown order has no timeline', async () => {
  expect(await world.app.orderAdmin.readOrder('AC0')).toBeNull();
});

test('a record written before answers were a list shows the same answers', async () => {
  const order = await world.create('ali_pay');
  await world.close(order, 'api');
  await world.query(
    `UPDATE close_record SET answers = NULL, query_before = 'first', close_answer = 'second', query_after = 'third'
     WHERE order_id = ${order.id}`,
  );
  const attempt = (await detail(order)).timeline.find(({ kind }) => kind === 'attempt');
  expect(attempt).toMatchObject({
    answers: [
      { call: 'query', answer: 'first' },
      { call: 'close', answer: 'second' },
      { call: 'query', answer: 'third' },
    ],
  });
});
