import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProgram } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** `autoclose archive` as a process, killed where a lock of the test has stopped it. */
let world: World;
let blocker: DataSource;
beforeAll(async () => {
  world = await createWorld();
  blocker = await new DataSource({ type: 'mysql', url: world.env.DATABASE_URL ?? '' }).initialize();
});
afterAll(async () => {
  await blocker.destroy();
  await world.end();
});

const tables = ['payment_order', 'close_record', 'merchant_notice', 'notice_attempt'];
const count = async (table: string) => {
  const [found] = (await world.query(`SELECT COUNT(*) AS n FROM ${table}`)) as { n: string }[];
  return Number(found?.n);
};
const all = async (part: string) => {
  const found = [];
  for (const table of tables) found.push(await world.query(`SELECT * FROM ${table}${part} ORDER BY id`));
  return found;
};

test.each([
  ['between two batches', 'merchant_notice', 'order_no', 'ix_order_no'],
  ['in the middle of a batch', 'notice_attempt', 'notice_id', 'uq_attempt'],
])('archive, killed %s, loses and doubles no row, and continues', async (_, table, column, index) => {
  for (const each of tables)
    for (const part of ['', '_archive']) await world.query(`DELETE FROM ${each}${part}`);
  for (let each = 0; each < 6; each += 1) {
    const order = await world.expire(
      await world.create('wechat_pay', { notifyUrl: 'http://127.0.0.1:9/notify' }),
    );
    await world.close(order);
    // As after its last look.
    await world.edit(order, { nextCloseAt: null });
  }
  await world.query("UPDATE merchant_notice SET state = 'delivered', next_at = NULL");
  await world.query(
    "INSERT INTO notice_attempt (notice_id, attempt, at, outcome) SELECT id, 1, NOW(3), 'delivered' FROM merchant_notice",
  );
  await world.query("UPDATE payment_order SET updated_at = '2026-01-01'");
  const before = await all('');

  const key = column === 'order_no' ? 'o.order_no' : 'n.id';
  const fourth = `SELECT ${key} AS value FROM payment_order o JOIN merchant_notice n ON n.order_no = o.order_no
    ORDER BY o.id LIMIT 3, 1`;
  const lock = blocker.createQueryRunner();
  await lock.startTransaction('READ COMMITTED');
  const [{ value }] = await lock.query(fourth);
  await lock.query(`SELECT id FROM ${table} FORCE INDEX (${index}) WHERE ${column} = ? FOR UPDATE`, [value]);
  const args = ['archive', '--older-than', '90d', '--batch', '2'];
  const stopped = startProgram(args, world.env);
  await until('the second batch waits for the lock', async () => {
    if ((await count('payment_order_archive')) !== 2) return false;
    const waiting = await world.query(
      `SELECT 1 FROM information_schema.processlist
        WHERE db = DATABASE() AND info LIKE 'SELECT%FROM ${table} FORCE%FOR UPDATE'`,
    );
    return (waiting as unknown[]).length > 0;
  });
  await stopped.kill();
  await lock.rollbackTransaction();
  await lock.release();

  const again = startProgram(args, world.env);
  expect(await again.ended()).toBe(0);
  expect(again.stdout()).toMatch(/^4 archived/m);
  expect(await all('_archive')).toEqual(before);
  for (const each of tables) expect([each, await count(each)]).toEqual([each, 0]);
});
