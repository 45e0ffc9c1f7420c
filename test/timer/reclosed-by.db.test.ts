import { afterAll, beforeAll, expect, test } from 'vitest';
import { reclose } from '../../src/order/requests/reclose.ts';
import { until } from '../support/until.ts';
import { createWorld, somebody, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

test('the record of a re-close names its requester, and no name prevents a close', async () => {
  const asked = await world.create('wechat_pay');
  const long = await world.create('wechat_pay');
  const odd = await world.expire(await world.create('wechat_pay'));
  await reclose(world.app.deps, asked.orderNo, somebody);
  await reclose(world.app.deps, long.orderNo, { ...somebody, actor: 'x'.repeat(300) });
  await world.app.deps.timer.clear(odd);
  const data = { orderNo: odd.orderNo, actor: { not: 'a name' } };
  await world.queue('wechat_pay').add('manual', data, { jobId: odd.orderNo });
  world.app.work();
  for (const [order, actor] of [
    [asked, 'li'],
    [long, 'x'.repeat(100)],
    [odd, null],
  ] as const) {
    await until('it is closed', async () => (await world.reload(order)).status === 'close');
    expect((await world.records(order)).at(-1)).toMatchObject({ trigger: 'manual', actor });
  }
});
