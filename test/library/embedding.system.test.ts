import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { compileExample } from './example.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

test('the example shop compiles, closes an unpaid order, is notified of a paid one, and ends cleanly', async () => {
  const example = await compileExample('docs/embedding.md', (code) => `${shortLived(code)}${sales}`);
  try {
    const shop = spawn(process.execPath, ['--import', 'tsx', example.file], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: { ...process.env, ...world.env, TSX_TSCONFIG_PATH: example.tsconfig },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(shop, 'exit');
    const lines: string[] = [];
    createInterface({ input: shop.stdout }).on('line', (line) => lines.push(line));
    try {
      await until('both are sold', () => lines.some((line) => line.startsWith('sold')));
      const paid = await world.app.deps.store.findByBizOrderNo('PAID');
      await world.simulator.control.pay(paid?.orderNo ?? '');
      await until('the payment is reported', () => lines.some((line) => line.endsWith(' PAID success')));
      await until('the close is reported', () => lines.some((line) => line.endsWith(' UNPAID close')));
      const closed = await world.app.deps.store.findByBizOrderNo('UNPAID');
      expect(world.simulator.control.order(closed?.orderNo ?? '')?.state).toBe('CLOSED');
    } finally {
      shop.kill('SIGTERM');
    }
    expect(await ended).toEqual([0, null]);
  } finally {
    await example.remove();
  }
});

/** Short times, so that the test need not wait. */
const shortLived = (code: string) =>
  code.replace('  channels: [', "  closeGraceMs: 0,\n  redisPrefix: setting('REDIS_PREFIX'),\n  channels: [");

const sales = `
await sell('PAID', 'tea', 100);
const unpaid = { channel: 'wechat_pay', method: 'qrcode', title: 'tea', amountFen: 100 } as const;
await autoclose.createOrder({ bizOrderNo: 'UNPAID', ...unpaid, expiresAt: new Date(Date.now() + 2_000) });
console.log('sold');
`;
