import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Merchant, openMerchant } from './merchant.ts';
import { startRelay } from './relay.ts';

let world: World;
let merchant: Merchant;
beforeAll(async () => {
  merchant = await openMerchant();
  world = await createWorld();
});
afterAll(async () => {
  await world.end();
  await merchant.end();
});

/** A paid order's notice, due now. */
async function noticeTo(path: string) {
  const order = await world.create('wechat_pay', { notifyUrl: `${merchant.url}${path}` });
  await world.simulator.control.pay(order.orderNo);
  await world.sync(order);
  const [notice] = await world.app.notices.list(order.orderNo);
  if (notice === undefined) throw new Error('no notice');
  return notice;
}
function relayWithLog() {
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void errors.push(JSON.parse(line).msg) });
  const relay = startRelay(world.app, { log });
  onTestFinished(() => relay.stop());
  return errors;
}

test('a notice whose attempt cannot be recorded follows the schedule, and the others are sent', async () => {
  const poison = await noticeTo('/poison');
  // As after a failover that lost the count but not the attempt.
  await world.query(
    `INSERT INTO notice_attempt (notice_id, attempt, at, outcome) VALUES (${poison.id}, 1, UTC_TIMESTAMP(3), 'sending')`,
  );
  await noticeTo('/well');
  const errors = relayWithLog();
  await until('the other is delivered', () => merchant.at('/well').length === 1);
  const after = await until('it is postponed', async () => {
    const [notice] = await world.app.notices.list(poison.eventId);
    return notice?.attempts === 1 && notice;
  });
  expect(after).toMatchObject({ state: 'pending' });
  expect(after.nextAt?.getTime()).toBeGreaterThan(poison.nextAt?.getTime() ?? 0);
  expect(errors).toEqual(['merchant notice skipped; its attempt cannot be recorded']);
});

test('a locked notice does not delay the others, and is sent when it is free', async () => {
  const locked = await noticeTo('/locked');
  const db = await openDatabase(world.env.DATABASE_URL ?? '', [], []);
  onTestFinished(() => db.destroy());
  let errors: string[] = [];
  await db.transaction(async (manager) => {
    await manager.query('SELECT id FROM merchant_notice WHERE id = ? FOR UPDATE', [locked.id]);
    errors = relayWithLog();
    await noticeTo('/free');
    await until('the other is delivered', () => merchant.at('/free').length === 1);
    expect(merchant.at('/locked')).toEqual([]);
  });
  await until('it is delivered', () => merchant.at('/locked').length === 1);
  expect(errors).toEqual([]);
});

test('a reference in any script finds no notice', async () => {
  expect(await world.app.notices.list('单号')).toEqual([]);
  expect(await world.app.notices.resend('单号', new Date())).toBe(0);
});
