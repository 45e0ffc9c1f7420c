import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShop } from '../../../src/sandbox/quickstart/shop.ts';
import { startProgram, WORK } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { createWorld, SIGN_SECRET, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ SWEEP_INTERVAL_MS: '500' });
});
afterAll(() => world.end());

const pay = (bizOrderNo: string) => {
  const { signed } = openShop(world.env.PUBLIC_URL ?? '', {
    signSecret: SIGN_SECRET,
    signType: 'HMAC_SHA256',
  });
  const expiredTime = Math.floor(Date.now() / 1000) + 60;
  const body = signed({
    bizOrderNo,
    title: 't',
    channel: 'ali_pay',
    method: 'qrcode',
    amount: 100,
    expiredTime,
  });
  return fetch(`${world.env.PUBLIC_URL}/unipay/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
};

test.each(['before', 'after'] as const)(
  'an API process killed %s the channel created the order: the order exists and closes automatically',
  async (when) => {
    const { control } = world.simulator;
    const server = startProgram(['serve'], world.env);
    await server.logged('api is listening');
    const hold = control.hold('create', null, when);
    const answer = pay(`killed-${when}`).then(
      () => 'answered',
      () => 'cut off',
    );
    await hold.arrived;
    await server.kill();
    expect(await answer).toBe('cut off');
    hold.release();

    const order = await world.app.deps.store.findByBizOrderNo(`killed-${when}`);
    if (order === null) throw new Error('the order was lost');
    expect(order).toMatchObject({ status: 'progress', payBody: null });
    expect(order.nextCloseAt).toEqual(order.expiresAt);
    if (when === 'after') await control.scan(order.orderNo);

    await world.app.deps.timer.clear(order);
    await world.expire(order);
    const worker = startProgram(WORK, world.env);
    await until('closed', async () => (await world.reload(order)).status === 'close');
    // A code that nobody has scanned cannot be withdrawn: then it is watched.
    const { watchUntil } = await world.reload(order);
    expect(control.order(order.orderNo)?.payable === true && watchUntil === null).toBe(false);
    expect(await worker.terminate()).toBe(0);
  },
);
