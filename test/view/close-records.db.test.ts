import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CloseRecordsFilter } from '../../src/view/orders/close-records.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const list = (filter: CloseRecordsFilter, limit = 100, after: string | null = null) =>
  world.app.orderAdmin.listCloseRecords(filter, { limit, after });

test('close records are found by order, channel, trigger and outcome, newest first, and page without gaps', async () => {
  const closed = await world.create('ali_pay');
  await world.close(closed, 'admin');
  const pending = await world.create('wechat_pay');
  const match = { orderNo: pending.orderNo };
  const outage = world.simulator.control.addFault({ kind: 'status', status: 503, match });
  await world.close(pending, 'api');
  outage.remove();
  await world.close(pending, 'manual');
  const found = async (filter: CloseRecordsFilter) =>
    (await list(filter)).rows.map(({ orderNo, trigger, outcome }) => [orderNo, trigger, outcome]);
  const one = [closed.orderNo, 'admin', 'closed'];
  const failed = [pending.orderNo, 'api', 'unreachable'];
  const fixed = [pending.orderNo, 'manual', 'closed'];

  expect(await found({})).toEqual([fixed, failed, one]);
  expect(await found({ search: pending.bizOrderNo })).toEqual([fixed, failed]);
  expect(await found({ search: closed.orderNo.slice(0, 25) })).toEqual([one]);
  expect(await found({ search: 'nobody' })).toEqual([]);
  expect(await found({ channel: 'wechat_pay' })).toEqual([fixed, failed]);
  expect(await found({ trigger: 'admin' })).toEqual([one]);
  expect(await found({ outcome: 'closed' })).toEqual([fixed, one]);
  expect(await found({ outcome: 'closed', trigger: 'manual', channel: 'wechat_pay' })).toEqual([fixed]);
  expect(await found({ outcome: 'closed', channel: 'ali_pay', search: closed.orderNo })).toEqual([one]);

  const first = await list({}, 2);
  await world.close(await world.create('ali_pay'), 'api');
  const second = await list({}, 2, first.next);
  expect([...first.rows, ...second.rows].map(({ trigger }) => trigger)).toEqual(['manual', 'api', 'admin']);
  expect(second.next).toBeNull();
  expect(first.rows[1]?.answer).toMatch(/^503/);
});
