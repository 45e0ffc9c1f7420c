import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProgram, WORK } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Workers on machines whose clock is wrong by minutes. Deadlines use the database's clock. */
let world: World;
beforeAll(async () => {
  world = await createWorld({ SWEEP_INTERVAL_MS: '1000' });
});
afterAll(() => world.end());

/** Node options that give a process a wrong clock. */
function clockOff(ms: number): string {
  const script = `const Right = Date;
    globalThis.Date = class extends Right {
      constructor(...given) { given.length === 0 ? super(Right.now() + ${ms}) : super(...given); }
      static now() { return Right.now() + ${ms}; }
    };`;
  return `--import data:text/javascript,${encodeURIComponent(script)}`;
}

test.each([
  ['ahead', 4],
  ['behind', -4],
] as const)(
  'a worker whose clock is %s by %d minutes closes no order early, and each when it is due',
  async (_, minutes) => {
    const early = await world.create('wechat_pay');
    const due = await world.create('wechat_pay', { expiresAt: new Date(Date.now() + 3_000) });
    const worker = startProgram(WORK, {
      ...world.env,
      NODE_OPTIONS: clockOff(minutes * 60_000),
    });
    await worker.logged('worker is running');
    await world.app.deps.timer.set(early, new Date(0), 'timeout');

    const line = await worker.logged('order closed');
    expect(line).toMatchObject({ orderNo: due.orderNo });
    await until('it is closed', async () => (await world.reload(due)).status === 'close');
    const { closedAt, expiresAt } = await world.reload(due);
    expect(closedAt?.getTime()).toBeGreaterThanOrEqual(expiresAt.getTime());
    // By the correct clock, although the worker's own is wrong.
    expect(closedAt?.getTime()).toBeLessThan(Date.now() + 60_000);

    await until('its timer has fired', async () => (await world.timerState(early)) === 'delayed');
    expect(await world.reload(early)).toMatchObject({ status: 'progress', closeAttempts: 0 });
    expect(await worker.terminate()).toBe(0);
    await world.app.deps.timer.clear(early);
    await world.edit(early, { nextCloseAt: null });
  },
);
