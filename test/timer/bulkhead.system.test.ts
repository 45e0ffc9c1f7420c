import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { startProgram, WORK } from '../support/process.ts';
import { until } from '../support/until.ts';
import { type Backlog, CONCURRENCY, createBacklog } from './backlog.ts';

let backlog: Backlog;
beforeEach(async () => {
  backlog = await createBacklog();
});
afterEach(() => backlog.world.end());

describe('while WeChat Pay is down for one process only', () => {
  test('the others close its orders as before, and it stops at once on SIGTERM', async () => {
    const { world, counted } = backlog;
    await backlog.add('wechat_pay', 300);
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const misdirected = startProgram(WORK, { ...world.env, WECHAT_BASE_URL: nowhere });
    await misdirected.logged('circuit breaker opened for one operation');
    expect(await counted('wechat_pay', "status = 'progress'")).toBe(300);

    world.app.work();
    // Except for the few that the other process tried, which wait for their next attempt.
    await until('the orders are closed', async () => {
      const left = "status = 'progress' AND close_attempts = 0";
      return (await counted('wechat_pay', left)) === 0;
    });
    expect(await counted('wechat_pay', 'close_attempts > 1')).toBeLessThan(3 * CONCURRENCY);
    expect(await counted('wechat_pay', "status = 'close'")).toBeGreaterThan(300 - 3 * CONCURRENCY);
    expect(world.app.deps.channels.get('wechat_pay')?.unavailable('close', 'qrcode')).toBeNull();

    expect(misdirected.stdout()).not.toContain('works again');
    expect(await misdirected.terminate()).toBe(0);
    expect(misdirected.stdout()).not.toContain('shutdown timed out; jobs released');
  }, 120_000);
});
