import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { NoticeDeps } from '../../src/notice/deliver-notice.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
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

async function paid(url: string) {
  const order = await world.create('wechat_pay', { notifyUrl: url });
  await world.simulator.control.pay(order.orderNo);
  await world.sync(order);
  return order;
}
async function noticeOf({ orderNo }: PaymentOrder) {
  const [notice] = await world.app.notices.list(orderNo);
  if (notice === undefined) throw new Error('no notice');
  return notice;
}

/** The log messages after an attempt that another one follows, recorded or not. */
const ATTEMPT_ENDED = [
  'merchant notice not delivered; will retry',
  'merchant notice attempt interrupted; will retry',
];

/** Sends a notice, skipping the waits between attempts, until it is abandoned; returns the ERROR lines. */
async function sendUntilGivenUp(order: PaymentOrder, more: Partial<NoticeDeps> = {}) {
  const lines: { level: number; msg: string }[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  let laterMs = 0;
  const clock = { now: () => new Date(world.app.deps.clock.now().getTime() + laterMs) };
  const relay = startRelay(world.app, { ...more, log, clock });
  onTestFinished(() => relay.stop());
  const waitsS: number[] = [];
  await until('given up', async () => {
    // Counted before the row is read, so that its wait is the one after the ended attempt.
    const ended = lines.filter(({ msg }) => ATTEMPT_ENDED.includes(msg)).length;
    const { state, nextAt, tries } = await noticeOf(order);
    if (state === 'given_up') return true;
    const at = tries.at(-1)?.at.getTime();
    if (nextAt === null || at === undefined || ended === waitsS.length) return false;
    waitsS.push(Math.floor((nextAt.getTime() - at) / 1000));
    laterMs += nextAt.getTime() - clock.now().getTime();
    return false;
  });
  const errors = lines
    .filter(({ level }) => level === pino.levels.values.error)
    .map((line) => JSON.stringify(line));
  return { notice: await noticeOf(order), errors, waitsS };
}

test('a body that cannot be written is retried on the schedule, then abandoned, with one ERROR', async () => {
  const order = await paid(`${merchant.url}/unwritable`);
  const writeBody = () => {
    throw new TypeError('no');
  };
  const { notice, errors, waitsS } = await sendUntilGivenUp(order, { writeBody });
  expect(notice.tries.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 16 }, () => 'unwritable'));
  expect(notice.tries[0]).toMatchObject({ answer: 'TypeError' });
  expect(waitsS.slice(0, 5)).toEqual([15, 15, 30, 180, 600]);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('merchant notice abandoned');
});

test('attempts whose result cannot be recorded follow the schedule, are marked, and end with an ERROR', async () => {
  const order = await paid(`${merchant.url}/unrecorded`);
  await world.query(`CREATE TRIGGER no_end BEFORE UPDATE ON notice_attempt FOR EACH ROW
    IF NEW.duration_ms IS NOT NULL THEN SIGNAL SQLSTATE '45000'; END IF`);
  onTestFinished(async () => void (await world.query('DROP TRIGGER no_end')));
  const { notice, errors, waitsS } = await sendUntilGivenUp(order);
  expect(merchant.at('/unrecorded').map(({ attempt }) => attempt)).toEqual(
    Array.from({ length: 16 }, (_, i) => i + 1),
  );
  expect(notice.tries.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 16 }, () => 'interrupted'));
  expect(waitsS.slice(0, 5)).toEqual([15, 15, 30, 180, 600]);
  expect(errors).toHaveLength(1);
});

test('a URL that can never be sent to is abandoned at once, with an ERROR', async () => {
  const order = await paid('http://user:secret@127.0.0.1/');
  const { notice, errors } = await sendUntilGivenUp(order);
  expect(notice.tries).toMatchObject([{ attempt: 1, outcome: 'refused_url' }]);
  expect(errors).toHaveLength(1);
  expect(errors[0]).not.toContain('secret');
});
