import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sweepDue } from '../../src/order/due/sweep.ts';
import { createWorld, type World } from '../support/world.ts';

/** No worker runs here, so jobs stay where they are. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());
beforeEach(async () => {
  await world.query('UPDATE payment_order SET next_close_at = NULL');
  await world.queue('wechat_pay').drain(true);
});

const digits = '(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4)';
let made = 0;
/** So many hundred orders that are due and have no timer. */
async function overdue(hundreds: number, since: string): Promise<void> {
  const { id } = await world.create('wechat_pay', { expiresAt: new Date(Date.now() + 3_600_000) });
  await world.query(`UPDATE payment_order SET next_close_at = NULL WHERE id = ${id}`);
  for (let count = 0; count < hundreds; count += 1) {
    made += 1;
    await world.query(`
      INSERT INTO payment_order (order_no, biz_order_no, channel, channel_account, method, title, amount_fen,
        status, created_at, create_attempted_at, expires_at, next_close_at)
      SELECT CONCAT('S', ${made}, 'x', a.n, b.n, c.n), CONCAT('S', ${made}, 'x', a.n, b.n, c.n), channel,
        channel_account, method, title, amount_fen, status, created_at, create_attempted_at, expires_at, '${since}'
      FROM payment_order, ${digits} a, ${digits} b, (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3) c
      WHERE id = ${id}`);
  }
}
const waiting = () => world.queue('wechat_pay').getWaitingCount();

describe('a sweep', () => {
  test('ends when its budget is used up, and the next continues where it stopped: live timers hide nothing', async () => {
    await overdue(5, '2020-01-01');
    expect(await sweepDue(world.app.deps)).toMatchObject({ enqueued: 500, stoppedAt: null });
    await overdue(6, '2021-01-01');

    const first = await sweepDue(world.app.deps, { budgetMs: 0 });
    expect(first).toMatchObject({ due: 500, live: 500, enqueued: 0 });
    expect(first.stoppedAt).not.toBeNull();
    const second = await sweepDue(world.app.deps, { budgetMs: 0, after: first.stoppedAt });
    expect(second).toMatchObject({ due: 500, enqueued: 500 });
    const third = await sweepDue(world.app.deps, { budgetMs: 0, after: second.stoppedAt });
    expect(third).toMatchObject({ due: 100, enqueued: 100, stoppedAt: null });
    expect(await waiting()).toBe(1_100);
  });

  test('in several processes at once sets one timer per order', async () => {
    await overdue(3, '2020-01-01');
    const others = await Promise.all([world.openApp(), world.openApp()]);
    const all = [world.app, ...others].map(({ deps }) => sweepDue(deps));
    for (const counts of await Promise.all(all)) expect(counts).toMatchObject({ due: 300, failed: 0 });
    const ids = (await world.queue('wechat_pay').getWaiting()).map(({ id }) => id);
    expect(ids).toHaveLength(300);
    expect(new Set(ids).size).toBe(300);
  });
});
