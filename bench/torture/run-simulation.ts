import { availableParallelism } from 'node:os';
import { inWords, noTotals, type Report, type Totals } from './report.ts';
import type { SimulatedOrder } from './simulation/life/simulate-order.ts';
import { simulateInShards } from './simulation/simulate-in-shards.ts';

/** How often a long run reports its progress, ms. */
const PROGRESS_MS = 15_000;
/** Orders for which one more process is started. */
const MIN_SHARD = 50;

export interface SimulationRun {
  databaseUrl: string;
  seed: number;
  indexes: number[];
  /** At most so many; default: as many as there are processors. */
  processes?: number;
  /** Hears what is wrong with an order; true: begin no other. */
  isEnough?: (violations: string[]) => boolean;
}

/** Simulates `indexes` of one seed in several processes, and reports. */
export async function runSimulation(
  report: Report,
  { databaseUrl, seed, indexes, processes = availableParallelism(), isEnough }: SimulationRun,
): Promise<void> {
  const stop = new AbortController();
  const totals: Totals = { ...noTotals };
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const progress = setInterval(() => {
    report.line(`  simulation, after ${seconds()} s: ${inWords(totals)}`);
  }, PROGRESS_MS);

  function onOrder({ index, violations, trace, faults, kills }: SimulatedOrder): void {
    totals.orders += 1;
    totals.faults += faults;
    totals.kills += kills;
    if (violations.length === 0) return;
    totals.violations += 1;
    report.find({ orders: report.totals.orders + totals.orders, violations });
    if (isEnough?.(violations) === true) stop.abort();
    const replay = `npm run torture -- --seed ${seed} --only ${index}`;
    report.failure({ what: `order ${index} of seed ${seed}`, violations, trace, replay });
  }

  try {
    // A process takes seconds to begin: it has to be worth it.
    const shards = Math.min(processes, Math.ceil(indexes.length / MIN_SHARD));
    await simulateInShards({ databaseUrl, seed, indexes, shards, onOrder, signal: stop.signal });
  } finally {
    clearInterval(progress);
  }
  report.line(`simulation with seed ${seed}: ${inWords(totals)}, in ${seconds()} s`);
  report.add(totals);
}
