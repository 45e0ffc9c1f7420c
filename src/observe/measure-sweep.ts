import type { SweepCounts } from '../order/due/sweep.ts';
import type { Metrics } from './metrics.ts';

/** Counts what a successful sweep found. */
export function measureSweep(counts: SweepCounts, metrics: Metrics): void {
  const { enqueued, lastLooks, live, failed, away } = counts;
  metrics.sweeps.inc();
  for (const [result, count] of Object.entries({ enqueued, lastLooks, live, failed, away })) {
    metrics.sweepFound.inc({ result: result === 'lastLooks' ? 'last_look' : result }, count);
  }
}
