import { expect, inject, test } from 'vitest';
import type { SimulatedOrder } from '../../bench/torture/simulation/life/simulate-order.ts';
import { simulateOrders } from '../../bench/torture/simulation/simulate-orders.ts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

async function simulate(seed: number, indexes: number[]): Promise<SimulatedOrder[]> {
  const orders: SimulatedOrder[] = [];
  const databaseUrl = inject('databaseUrl');
  await simulateOrders({ databaseUrl, seed, indexes, lanes: 4, onOrder: (order) => orders.push(order) });
  return orders.sort((a, b) => a.index - b.index);
}

test('whatever is interleaved, killed and broken, every order ends as it should at both sides', async () => {
  const orders = await simulate(20_260_301, range(60));
  expect(orders).toHaveLength(60);
  for (const { index, violations, trace } of orders) {
    expect(violations, `npm run torture -- --seed 20260301 --only ${index}\n${trace.join('\n')}`).toEqual([]);
  }
  const sum = (of: 'faults' | 'kills') => orders.reduce((all, order) => all + order[of], 0);
  expect(Math.min(sum('faults'), sum('kills'))).toBeGreaterThan(10);
}, 180_000);

test('a seed repeats every event of an order, whatever else runs beside it', async () => {
  const alone = await simulate(7, [3]);
  const among = await simulate(7, range(8));
  expect(withoutIds(among[3]?.trace)).toEqual(withoutIds(alone[0]?.trace));
});

/** The database counts its rows as it likes, and a trace is named at random. */
function withoutIds(trace: string[] = []): string[] {
  return trace.map((line) =>
    line.replaceAll(/"(id|orderId)":"\d+"/g, '"$1":"…"').replaceAll(/"traceId":"[0-9a-f]+/g, '"traceId":"…'),
  );
}
