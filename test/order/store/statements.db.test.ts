import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDueOrder } from '../../../src/order/due/run-due-order.ts';
import { requestClose } from '../../../src/order/requests/close-cancel-sync.ts';
import { createOrderStore } from '../../../src/order/store/store.ts';
import { entities } from '../../../src/order/store/tables.ts';
import { createWorld, somebody, type World } from '../../support/world.ts';

let world: World;
let db: DataSource;
const statements: string[] = [];
const ignore = () => undefined;

beforeAll(async () => {
  world = await createWorld();
  db = await new DataSource({
    type: 'mysql',
    url: world.env.DATABASE_URL,
    entities,
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    logger: {
      logQuery: (statement: string) => statements.push(statement),
      logQueryError: ignore,
      logQuerySlow: ignore,
      logSchemaBuild: ignore,
      logMigration: ignore,
      log: ignore,
    },
  }).initialize();
});
afterAll(async () => {
  await db.destroy();
  await world.end();
});

test("a timer's close reads the order's row three times: to reload it, under its lease, and as it was left", async () => {
  const order = await world.expire(await world.create('wechat_pay'));
  statements.length = 0;
  const trigger = { kind: 'timeout', actor: null, clientIp: null } as const;
  await runDueOrder({ ...world.app.deps, store: createOrderStore(db) }, order.orderNo, trigger);
  expect((await world.reload(order)).status).toBe('close');
  expect(statements.filter((each) => /^SELECT .* FROM `payment_order`/.test(each))).toHaveLength(3);
  expect(statements.filter((each) => each.startsWith('UPDATE'))).toHaveLength(2);
});

test('a close by the API reads it three times too: to find it, under its lease, and as it was left', async () => {
  const order = await world.create('wechat_pay');
  statements.length = 0;
  const numbers = { orderNo: order.orderNo, bizOrderNo: null };
  await requestClose({ ...world.app.deps, store: createOrderStore(db) }, numbers, somebody);
  expect((await world.reload(order)).status).toBe('close');
  expect(statements.filter((each) => /^SELECT .* FROM `payment_order`/.test(each))).toHaveLength(3);
});
