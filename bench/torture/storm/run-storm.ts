import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { entities } from '../../../src/order/store/tables.ts';
import { openDatabase } from '../../../src/platform/mysql/database.ts';
import { createDice } from '../dice.ts';
import { drain } from './drain.ts';
import { type Evidence, gatherEvidence } from './judge/evidence.ts';
import { judge } from './judge/judge.ts';
import { type Observer, openObserver } from './judge/observer.ts';
import { planStorm } from './plan/plan.ts';
import { type Life, live, openGate } from './process/live.ts';
import { backUp, liveRestored } from './restored.ts';
import { openScene, type Scene } from './scene.ts';
import { strike, watchDowntime } from './strike.ts';

export interface StormOptions {
  /** Decides who does what when; how things meet each other is decided by real time. */
  seed: number;
  orders: number;
  /** For how long orders are created; default: as long as so many need. */
  minutes?: number;
  say: (line: string) => void;
}

export interface StormReport {
  orders: number;
  /** Gateway requests that were hit, connections that were cut or silenced, servers that were killed or emptied. */
  faults: number;
  /** SIGKILLs of our own processes. */
  kills: number;
  violations: string[];
}

/** So many failures are shown with all that is known of them. */
const MAX_SHOWN = 3;
/** Orders that are being created at once. */
const MAX_CREATING = 8;
const REST = -4;
const RESTORED = -5;

/**
 * A storm: real processes, servers and time. Lives through the plan of the seed, lets everything become idle, and
 * judges every order from both sides. Throws when the storm itself fails.
 */
export async function runStorm({ seed, orders, minutes, say }: StormOptions): Promise<StormReport> {
  const plan = planStorm(seed, orders, minutes === undefined ? null : minutes * 60_000);
  const scene = await openScene(plan, seed, say);
  let db: DataSource | null = null;
  let observer: Observer | null = null;
  try {
    observer = await openObserver(scene.database.url, scene.simulator.control);
    const downtime = watchDowntime();
    const over = new AbortController();
    setMaxListeners(plan.strikes.length + 1, over.signal);
    const striking = plan.strikes.map(async (planned) => {
      await wait(planned.atMs, undefined, { signal: over.signal }).catch(() => {});
      if (!over.signal.aborted) await strike(scene, downtime, planned.strike);
    });
    const admit = openGate(MAX_CREATING);
    const living = Promise.all(plan.orders.map((order) => live(scene, order, admit)));
    const backingUp = backUp(scene, observer, over.signal);
    const [lives] = await Promise.all([living.finally(() => over.abort()), ...striking]);
    db = await openDatabase(scene.database.url, entities, [], { closeWhenSilent: false });
    await observer.end();
    const { idle, attempts } = await drain(scene, db, createDice(seed, REST));
    const evidence = await gatherEvidence(scene, db, lives, { observer, attempts });
    say(`  storm: late payments ${plan.latePaymentPolicy}; ended as ${tally(evidence)}`);
    const violations = [
      ...(idle ? [] : ['it never became idle']),
      ...scene.accusations,
      ...scene.processes.flatMap(({ deaths }) => deaths),
      ...judgeAll(scene, evidence, say),
      ...unplannedOrders(scene, lives),
    ];
    const backup = await backingUp;
    if (backup !== null) {
      const known = evidence.flatMap(({ row }) => row ?? []);
      violations.push(
        ...(await liveRestored(scene, db, backup, { known, dice: createDice(seed, RESTORED), say })),
      );
    }
    if (violations.length > 0) {
      say(`STORM with seed ${seed}: ${violations.join('\n  ')}`);
      for (const line of scene.events.of(null)) say(`    ${line}`);
    }
    return { orders, ...scene.counts, violations };
  } finally {
    await observer?.end();
    await db?.destroy();
    await scene.end();
  }
}

function tally(evidence: Evidence[]): string {
  const counts = new Map<string, number>();
  for (const { row } of evidence) {
    const what =
      row === null ? 'never made' : `${row.status}${row.latePaidAt === null ? '' : ' (paid late)'}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${what} ${count}`).join(', ');
}

function judgeAll(scene: Scene, evidence: Evidence[], say: (line: string) => void): string[] {
  const now = new Date();
  let shown = 0;
  return evidence.flatMap((each) => {
    const wrong = judge(each, now);
    const { bizOrderNo } = each.life.plan;
    if (wrong.length > 0 && shown < MAX_SHOWN) {
      shown += 1;
      for (const line of describe(scene, each)) say(line);
    }
    return wrong.map((what) => `${bizOrderNo}: ${what}`);
  });
}

/** Everything that is known of an order, for a person. */
function describe({ events }: Scene, { life, ...evidence }: Evidence): string[] {
  const { payBody: _payBody, ...known } = life;
  return [
    `VIOLATION at ${life.plan.bizOrderNo}: ${JSON.stringify(known)}`,
    ...events.of(life.plan.index).map((line) => `    ${line}`),
    ...Object.entries(evidence).flatMap(([name, found]) =>
      (Array.isArray(found) ? found : [found]).map((each) => `  ${name}: ${JSON.stringify(each)}`),
    ),
  ];
}

/** Orders at the gateways that no merchant created. */
function unplannedOrders({ simulator }: Scene, lives: Life[]): string[] {
  const wanted = new Set(lives.map(({ plan }) => plan.amountFen));
  return simulator.control
    .orders()
    .filter(({ amountFen }) => !wanted.has(amountFen))
    .map(({ orderNo }) => `${orderNo}: an order at the channel that no merchant wanted`);
}
