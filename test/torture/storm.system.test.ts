import { expect, test } from 'vitest';
import { runStorm } from '../../bench/torture/storm/run-storm.ts';

const SEED = 7;
const ORDERS = 30;

/** The bench's storm, small: `npm run torture` has the whole of it. */
test('killed, cut off, flushed and misled by turns: every order ends as its channel says, and its merchant knows', async () => {
  const said: string[] = [];
  const report = await runStorm({ seed: SEED, orders: ORDERS, say: (line) => said.push(line) });
  expect(report.violations, said.join('\n')).toEqual([]);
  expect(report.orders).toBe(ORDERS);
  expect(report.kills).toBeGreaterThan(0);
  expect(report.faults).toBeGreaterThan(0);
}, 600_000);
