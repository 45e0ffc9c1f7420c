import { readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { defects } from '../../bench/torture/defects/defects.ts';
import { runWithDefect } from '../../bench/torture/defects/run-with-defect.ts';
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
  const orders = await simulate(20_260_301, range(120));
  expect(orders).toHaveLength(120);
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

/** Put in together, to run once; each has to be accused in its own words, which name the guarantee that it breaks. */
const together = [
  {
    'attempts-uncounted': 'began after attempt',
    'payment-takes-timer': 'success with something left to do, and never due',
    'cancel-takes-lease': 'two holders of one order at once',
    'outage-closes': 'on an answer that does not say so',
    'refund-row-left-open': 'the money went back, and our refund does not say so',
    'merchant-not-named': 'does not say who asked',
    'deadline-after-row': 'progress with something left to do, and never due',
    'second-payment-silent': 'not counted as a violation: paid_twice',
  },
  {
    'trust-close': 'closed on an answer that does not say so: not asked',
    'retry-forgets-cancel': 'was asked for, and is forgotten for',
    'acknowledge-first': 'acknowledged before it was stored',
    'no-last-look': 'nobody looked again when its channel had stopped to notify',
    'refund-number-per-attempt': 'refunds of one order',
    'late-payment-unmarked': 'a late payment is kept silently',
    'cancel-not-due': 'success with something left to do, and never due',
  },
  {
    'unguarded-update': 'cancel became success',
    'busy-forgets-wish': 'was answered as busy, and the row does not know of it',
    'notice-of-the-past': 'a notice of cancel shows refunding',
    'answers-mixed-up': 'an answer after the close that was none',
    'accepted-refund-is-done': 'while the money is still on its way back',
    'doubt-believed': 'success, and nobody has paid',
    'amount-of-notification': 'not counted as a violation: mismatch',
    'overtaken-unrecorded': 'left no record',
  },
  {
    'jump-believed': 'closed at the channel before its time',
    'sync-closes-early': 'an end before its time is in the row',
    'not-found-after-creation': 'close, although it was paid',
    'kept-before-applied': 'acknowledged, and its order does not show it',
    'refunded-is-paid': 'success, although the channel had shown that the money went back',
    'outage-forgets-wish': 'was answered as pending, and the row does not know of it',
    'sweep-skips-stuck': 'never came to rest',
    'part-counts-as-all': 'cancel, although it was paid',
    'notice-twice': 'told of close after close',
    'cancel-of-closed-forgotten': 'a cancel of a closed order was answered as done',
  },
];

const replacements = Object.entries(defects).flatMap(([name, defect]) =>
  defect.replacements.map(({ file, text }) => ({ name, file, text })),
);

test.each(replacements)(
  'the text that $name replaces in $file stands there exactly once',
  ({ file, text }) => {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(source.split(text)).toHaveLength(2);
  },
);

describe('the bench can fail: defects in the program are caught', () => {
  test.each(together)(
    'of every guarantee, each by its own accusation',
    async (accusations) => {
      const services = { DATABASE_URL: inject('databaseUrl'), REDIS_URL: inject('redisUrl') };
      const args = ['--orders', '60', '--seed', '1', '--storm', '0', '--processes', '1'];
      const names = Object.keys(accusations).join();
      const run = await runWithDefect(names, args, { ...process.env, ...services });
      for (const [defect, accusation] of Object.entries(accusations))
        expect(run.output, defect).toContain(accusation);
      expect(run.exitCode).toBe(1);
    },
    300_000,
  );
});
