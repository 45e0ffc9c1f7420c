import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type LifecycleFields, toSql } from '../../src/order/condition.ts';
import { allows, conditions, phaseOf, phases, transitions, where } from '../../src/order/lifecycle.ts';
import { orderStatuses } from '../../src/order/order.ts';

let db: DataSource;
beforeAll(async () => {
  db = await new DataSource({ type: 'mysql', url: inject('databaseUrl'), timezone: 'Z' }).initialize();
});
afterAll(() => db.destroy());

const now = new Date('2026-01-01T00:00:00Z');
const moment = fc.constantFrom(null, new Date(now.getTime() - 1_000), now, new Date(now.getTime() + 1_000));
const rows = fc.record<LifecycleFields>({
  status: fc.constantFrom(...orderStatuses),
  ending: fc.constantFrom('expiry', 'close', 'reverse', 'cancel'),
  expiresAt: moment.map((at) => at ?? now),
  retryReason: fc.constantFrom(null, 'mismatch', 'unreachable'),
  nextCloseAt: moment,
  watchUntil: moment,
  paidAt: moment,
  latePaidAt: moment,
  lateHandledAt: moment,
  stuckAt: moment,
});

const columnsOf = (row: LifecycleFields) =>
  Object.keys(row)
    .map((field) => `? AS ${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`)
    .join(', ');

test('every row is in exactly one phase, and SQL finds it in the same', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (row) => {
      const asked = Object.entries(phases).map(([phase, conditions]) => {
        const condition = toSql(conditions).replaceAll(':now', `'2026-01-01 00:00:00.000'`);
        return `IF(${condition}, '${phase}', NULL) AS ${phase}`;
      });
      const [found] = await db.query(`SELECT ${asked.join(', ')} FROM (SELECT ${columnsOf(row)}) o`, [
        ...Object.values(row),
      ]);
      expect(Object.values(found).filter((phase) => phase !== null)).toEqual([phaseOf(row, now)]);
    }),
    { numRuns: 500 },
  );
});

test.each(Object.keys(conditions) as (keyof typeof conditions)[])(
  '%s is the same for a row and in SQL',
  async (name) => {
    await fc.assert(
      fc.asyncProperty(rows, async (row) => {
        const text = where[name].replaceAll(':now', `'2026-01-01 00:00:00.000'`);
        const [found] = await db.query(
          `SELECT ${text} AS yes FROM (SELECT ${columnsOf(row)}) o`,
          Object.values(row),
        );
        expect(Number(found.yes) === 1).toBe(allows(name, row, now));
      }),
      { numRuns: 100 },
    );
  },
);

test('every status can be reached, and a refunded order stays refunded', () => {
  const reached = new Set<string>(['progress']);
  for (const from of reached) for (const to of transitions[from as keyof typeof transitions]) reached.add(to);
  expect([...reached].toSorted()).toEqual([...orderStatuses].toSorted());
  expect(transitions.refunded).toEqual([]);
});

test('the diagram in docs/architecture.md draws the transitions, and no others', () => {
  const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const drawn = [...page.matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map(([, from, to]) => `${from} ${to}`);
  const listed = Object.entries(transitions).flatMap(([from, to]) => to.map((state) => `${from} ${state}`));
  expect(drawn.toSorted()).toEqual(listed.toSorted());
});
