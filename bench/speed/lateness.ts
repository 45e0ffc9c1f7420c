import { setTimeout as wait } from 'node:timers/promises';
import type { LocalServices } from '../../src/sandbox/services/services.ts';
import { startProcess } from './measure/process.ts';
import { ours } from './ours.ts';
import { inPlace } from './place.ts';
import { figureOf, quantile, shown } from './report/figures.ts';
import { plotBars } from './report/plot.ts';

/** Closes due in a second. */
const RATES = [20, 100, 200] as const;
const LASTS_S = 15;
const AHEAD_MS = 6_000;

interface Lateness {
  p50: number;
  p99: number;
}

/**
 * From an order's due time to its close request at the gateway, at a steady rate, and beside it the lateness of a no-op BullMQ
 * job at the same rate.
 */
export async function benchLateness(
  services: LocalServices,
  { rounds, say }: { rounds: number; say: (line: string) => void },
) {
  const raw = RATES.map((rate) => ({ rate, ours: [] as Lateness[], noop: [] as Lateness[] }));
  for (let round = 0; round < rounds; round += 1)
    for (const each of raw) {
      const count = each.rate * LASTS_S;
      await inPlace(services, count, async (place) => {
        const worker = await ours.startWorker(place);
        const firstAt = Date.now() + AHEAD_MS + count;
        const dueAt = (index: number) => new Date(firstAt + (index * 1000) / each.rate);
        await ours.prepare(place, dueAt);
        while ((await ours.progress(place)).closed < count) await wait(250);
        await worker.stop();
        const response = await fetch(`${place.wechat.WECHAT_BASE_URL}bench/closes`);
        const closes = (await response.json()) as Record<string, number>;
        each.ours.push(
          latenessOf(
            Array.from({ length: count }, (_, n) => (closes[`${place.prefix}${n}`] ?? 0) - +dueAt(n)),
          ),
        );
      });
      const env = { REDIS_URL: services.redisUrl, RATE: String(each.rate), LASTS_S: String(LASTS_S) };
      const noop = await startProcess('bench/speed/ceilings/noop-lateness.ts', [], env, 'result');
      await noop.stop();
      each.noop.push(latenessOf(JSON.parse(noop.ready.replace('result ', ''))));
      say(
        `round ${round + 1}: ${each.rate}/s ours ${JSON.stringify(each.ours.at(-1))} no-op ${JSON.stringify(each.noop.at(-1))}`,
      );
    }
  const figure = (of: Lateness[], field: keyof Lateness) => figureOf(of.map((each) => each[field]));
  return {
    table: [
      ['closes due a second', 'p50, ms', 'p99, ms', 'no-op job p50, ms', 'no-op job p99, ms'],
      ...raw.map(({ rate, ours, noop }) => [
        String(rate),
        ...[ours, noop].flatMap((of) => [shown(figure(of, 'p50')), shown(figure(of, 'p99'))]),
      ]),
    ],
    notes: raw.map(
      ({ rate, ours, noop }) =>
        `at ${rate}/s the 99th percentile is ${(figure(ours, 'p99').median - figure(noop, 'p99').median).toFixed(0)} ms later than a no-op job's`,
    ),
    plot: plotBars(
      'Lateness of the close request, 99th percentile',
      'ms',
      raw.flatMap(({ rate, ours, noop }) => [
        { label: `Autoclose at ${rate}/s`, value: figure(ours, 'p99').median, kind: 'ours' as const },
        { label: `no-op job at ${rate}/s`, value: figure(noop, 'p99').median, kind: 'ceiling' as const },
      ]),
    ),
    raw,
  };
}

function latenessOf(measured: number[]): Lateness {
  const sorted = measured.toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}
