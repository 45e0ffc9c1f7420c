import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sweepDue } from '../../src/order/due/sweep.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { reclose } from '../../src/order/requests/reclose.ts';
import { jobIdOf, orderNoOf } from '../../src/timer/close-queues.ts';
import { queueName } from '../../src/timer/queue-name.ts';
import { until } from '../support/until.ts';
import { createWorld, somebody, type World } from '../support/world.ts';

/** No worker runs here, so jobs stay where they are. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const { channel } = { channel: 'wechat_pay' as const };
const timer = () => world.app.deps.timer;
const job = async (order: PaymentOrder) => world.queue(channel).getJob(order.orderNo);

/** Leaves the order's job in Redis as completed or failed, as an older release might. */
async function retained(order: PaymentOrder, state: 'completed' | 'failed'): Promise<void> {
  await timer().clear(order);
  const options = { jobId: order.orderNo, removeOnComplete: false, removeOnFail: false };
  await world.queue(channel).add('timeout', { orderNo: order.orderNo }, options);
  const worker = new Worker(
    queueName(channel),
    async () => {
      if (state === 'failed') throw new Error('for good');
    },
    { connection: { url: world.env.REDIS_URL }, prefix: world.env.REDIS_PREFIX },
  );
  await until(`job is ${state}`, async () => (await world.timerState(order)) === state);
  await worker.close();
}

describe('a timer', () => {
  test('waits, delayed, for the order’s time', async () => {
    const order = await world.create(channel);
    expect(await world.timerState(order)).toBe('delayed');
    const { timestamp, delay = 0, data } = (await job(order)) ?? {};
    expect(data).toEqual({ orderNo: order.orderNo });
    const firesAt = (timestamp ?? 0) + delay;
    // The delay is computed before BullMQ takes its timestamp, however long that is on a busy machine.
    expect(Math.abs(firesAt - (order.nextCloseAt?.getTime() ?? 0))).toBeLessThan(60_000);
  });

  test('is kept in Redis’ compact form, a third of its size otherwise', async () => {
    const order = await world.create(channel);
    const redis = new Redis(world.env.REDIS_URL ?? '');
    onTestFinished(() => redis.disconnect());
    const key = `${world.env.REDIS_PREFIX}:${queueName(channel)}:${jobIdOf(order.orderNo)}`;
    expect(await redis.object('ENCODING', key)).toMatch(/^(listpack|ziplist)$/);
    expect(await redis.memory('USAGE', key)).toBeLessThan(400);
  });

  test('belongs to one order only, whatever the order numbers look like', async () => {
    const anyOrder = await world.create(channel);
    const numbers = ['4711', 'n4711', 'nn4711', 'n', 'AC4711'];
    const at = new Date(Date.now() + 60_000);
    for (const orderNo of numbers)
      expect(await timer().set({ ...anyOrder, orderNo }, at, 'timeout')).toBe('set');
    for (const orderNo of numbers) {
      expect((await world.queue(channel).getJob(jobIdOf(orderNo)))?.data).toEqual({ orderNo });
      expect(orderNoOf(jobIdOf(orderNo))).toBe(orderNo);
    }
  });

  test('set again moves, earlier and later, and stays one', async () => {
    const order = await world.create(channel);
    for (const minutes of [5, 60, 1]) {
      expect(await timer().set(order, new Date(Date.now() + minutes * 60_000), 'timeout')).toBe('set');
      const { delay = 0 } = (await job(order)) ?? {};
      expect(Math.round(delay / 60_000)).toBe(minutes);
    }
  });

  test.each(['completed', 'failed'] as const)('can be set although a %s job holds its id', async (state) => {
    const order = await world.create(channel);
    await retained(order, state);
    const ignored = await world
      .queue(channel)
      .add('timeout', { orderNo: order.orderNo }, { jobId: order.orderNo });
    expect(await ignored.getState()).toBe(state);

    expect(await timer().set(order, new Date(0), 'manual')).toBe('set');
    expect(await world.timerState(order)).toBe('waiting');
    expect((await job(order))?.name).toBe('manual');
    await timer().clear(order);
  });

  test('cleared is gone; clearing a missing one does nothing', async () => {
    const order = await world.create(channel);
    await timer().clear(order);
    expect(await world.timerState(order)).toBe('unknown');
    await timer().clear(order);
  });
});

describe('a re-close by hand', () => {
  test.each(['delayed', 'completed', 'failed', 'vanished'] as const)(
    'enqueues a close now although the earlier job is %s',
    async (state) => {
      const order = await world.create(channel);
      if (state === 'completed' || state === 'failed') await retained(order, state);
      if (state === 'vanished') await timer().clear(order);
      expect(await reclose(world.app.deps, order.orderNo, somebody)).toEqual({ kind: 'enqueued' });
      expect(await world.timerState(order)).toBe('waiting');
      const { nextCloseAt } = await world.reload(order);
      expect(nextCloseAt?.getTime()).toBeLessThanOrEqual(world.app.deps.clock.now().getTime());
      await timer().clear(order);
    },
  );

  test('during an attempt that ends undecided is not lost: the order stays due', async () => {
    const { control } = world.simulator;
    const order = await world.expire(await world.create(channel));
    const hold = control.hold('close', order.orderNo, 'before');
    const outage = control.addFault({ kind: 'reset', match: { operation: 'query', orderNo: order.orderNo } });
    const attempt = world.close(order);
    await hold.arrived;
    await reclose(world.app.deps, order.orderNo, somebody);
    hold.release();
    expect(await attempt).toMatchObject({ kind: 'pending' });
    outage.remove();
    const { nextCloseAt, ending } = await world.reload(order);
    expect(nextCloseAt?.getTime()).toBeLessThanOrEqual(world.app.deps.clock.now().getTime());
    expect(ending).toBe('close');
    await timer().clear(order);
  });

  test('of an order that ended or does not exist reports that and enqueues nothing', async () => {
    const order = await world.edit(await world.create(channel), { status: 'success' });
    await timer().clear(order);
    expect(await reclose(world.app.deps, order.orderNo, somebody)).toEqual({
      kind: 'ended',
      status: 'success',
    });
    expect(await world.timerState(order)).toBe('unknown');
    expect(await reclose(world.app.deps, 'AC0', somebody)).toEqual({ kind: 'not_found' });
  });
});

describe('the sweep', () => {
  test('sets a timer for due orders without a live one, oldest first, and leaves all others alone', async () => {
    await world.query('UPDATE payment_order SET next_close_at = NULL');
    const lost = await world.expire(await world.create(channel), 60_000);
    await timer().clear(lost);
    const failed = await world.expire(await world.create(channel), 30_000);
    await retained(failed, 'failed');
    const far = await world.expire(await world.create(channel), 20_000);
    const waiting = await world.expire(await world.create(channel), 10_000);
    await timer().set(waiting, new Date(0), 'timeout');
    const future = await world.create(channel);

    expect(await sweepDue(world.app.deps)).toEqual({
      due: 4,
      enqueued: 3,
      lastLooks: 0,
      live: 1,
      failed: 0,
      away: 0,
      stoppedAt: null,
    });
    for (const order of [lost, failed, far, waiting]) expect(await world.timerState(order)).toBe('waiting');
    expect(await world.timerState(future)).toBe('delayed');
    const waitingIds = (await world.queue(channel).getWaiting()).map(({ id }) => id);
    expect(waitingIds.filter((id) => id !== waiting.orderNo)).toEqual(
      [lost, failed, far].map((o) => o.orderNo),
    );

    expect(await sweepDue(world.app.deps)).toEqual({
      due: 4,
      enqueued: 0,
      lastLooks: 0,
      live: 4,
      failed: 0,
      away: 0,
      stoppedAt: null,
    });
  });

  test('continues when one timer cannot be set, and logs that', async () => {
    await world.query('UPDATE payment_order SET next_close_at = NULL');
    const odd = await world.expire(await world.create(channel), 60_000);
    await world.query(`UPDATE payment_order SET channel = 'wallet_pay' WHERE id = ${odd.id}`);
    const orders = await Promise.all(Array.from({ length: 60 }, () => world.create(channel)));
    for (const order of orders) await timer().clear(await world.expire(order));
    expect(await sweepDue(world.app.deps)).toEqual({
      due: 61,
      enqueued: 60,
      lastLooks: 0,
      live: 0,
      failed: 1,
      away: 0,
      stoppedAt: null,
    });
  });

  test('pages through more orders than a batch, with the same due time, without missing one', async () => {
    await world.query('UPDATE payment_order SET next_close_at = NULL');
    const order = await world.create(channel);
    await world.query(`
      INSERT INTO payment_order (order_no, biz_order_no, channel, channel_account, method, title, amount_fen,
        status, created_at, create_attempted_at, expires_at, next_close_at)
      SELECT CONCAT('S', n), CONCAT('S', n), channel, channel_account, method, title, amount_fen, status,
        created_at, create_attempted_at, expires_at, '2020-01-01'
      FROM payment_order,
        (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n FROM ${digits('a')}, ${digits('b')}, ${digits('c')},
          (SELECT 0 AS n UNION SELECT 1) d) AS numbers
      WHERE id = ${order.id}`);
    const counts = await sweepDue(world.app.deps);
    expect(counts).toEqual({
      due: 2_000,
      enqueued: 2_000,
      lastLooks: 0,
      live: 0,
      failed: 0,
      away: 0,
      stoppedAt: null,
    });
  });
});

const digits = (name: string) =>
  `(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6
    UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) ${name}`;
