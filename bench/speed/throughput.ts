import type { LocalServices } from '../../src/sandbox/services/services.ts';
import { type CloseRun, measureCloses } from './measure/closes.ts';
import { startProcess } from './measure/process.ts';
import { obvious } from './obvious/peer.ts';
import { ours } from './ours.ts';
import type { Place } from './peer.ts';
import { inPlace } from './place.ts';
import { figureOf, shown } from './report/figures.ts';
import { plotBars } from './report/plot.ts';

const CEILINGS = ['signatures', 'calls', 'jobs', 'commits'] as const;
type Ceiling = (typeof CEILINGS)[number];
/** How many of each a close needs. */
const PER_CLOSE: Record<Ceiling, number> = { signatures: 2, calls: 2, jobs: 1, commits: 1 };
const NAMES: Record<Ceiling, string> = {
  signatures: 'two signatures alone',
  calls: 'two signed calls alone',
  jobs: 'a no-op job alone',
  commits: 'a commit alone',
};

interface Cost {
  perS: number;
  cpuMs: number;
}

/** Closes per second, ours and the obvious implementation in turn, with the ceilings of each part before each round. */
export async function benchThroughput(
  services: LocalServices,
  { orders, rounds, say }: { orders: number; rounds: number; say: (line: string) => void },
) {
  const runs = { ours: [] as CloseRun[], obvious: [] as CloseRun[] };
  const ceilings = Object.fromEntries(CEILINGS.map((name) => [name, [] as Cost[]])) as Record<
    Ceiling,
    Cost[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    await inPlace(services, 1_000, async (place) => {
      for (const name of CEILINGS) ceilings[name].push(await measureCeiling(name, place));
    });
    for (const peer of [ours, obvious]) {
      const run = await inPlace(services, orders, (place) => measureCloses(peer, place));
      runs[peer.name].push(run);
      say(`round ${round + 1}: ${peer.name} ${run.closesPerS.toFixed(0)}/s, ${run.workerMs.toFixed(2)} ms`);
    }
  }
  const closesPerS = (name: Ceiling) => ceilings[name].map(({ perS }) => perS / PER_CLOSE[name]);
  const cpuOf = (name: Ceiling) => ceilings[name].map(({ cpuMs }) => cpuMs * PER_CLOSE[name]);
  const figure = (peer: keyof typeof runs, field: keyof CloseRun) =>
    figureOf(runs[peer].map((run) => run[field]));
  const ratio = (field: keyof CloseRun) => figure('ours', field).median / figure('obvious', field).median;

  const rows = [
    ['', 'closes/s', 'worker CPU a close, ms', 'database CPU, ms', 'Redis CPU, ms', 'statements'],
    ...(['ours', 'obvious'] as const).map((peer) => [
      peer === 'ours' ? 'Autoclose' : 'the obvious implementation',
      ...(['closesPerS', 'workerMs', 'databaseMs', 'redisMs', 'statements'] as const).map((field) =>
        shown(figure(peer, field)),
      ),
    ]),
    ...CEILINGS.map((name) => [
      NAMES[name],
      shown(figureOf(closesPerS(name))),
      shown(figureOf(cpuOf(name))),
      '',
      '',
      '',
    ]),
  ];
  const signatures = figureOf(cpuOf('signatures')).median;
  return {
    table: rows,
    notes: [
      `closes per second: ${ratio('closesPerS').toFixed(2)} times the obvious implementation`,
      `worker CPU a close: ${ratio('workerMs').toFixed(2)} of the obvious implementation, ${(figure('ours', 'workerMs').median / signatures).toFixed(2)} times its two signatures`,
    ],
    plot: plotBars('Closes per second, one worker process', '/s', [
      { label: 'Autoclose', value: figure('ours', 'closesPerS').median, kind: 'ours' },
      { label: 'obvious implementation', value: figure('obvious', 'closesPerS').median, kind: 'peer' },
      ...CEILINGS.map((name) => ({
        label: NAMES[name],
        value: figureOf(closesPerS(name)).median,
        kind: 'ceiling' as const,
      })),
    ]),
    raw: { runs, ceilings },
  };
}

async function measureCeiling(name: Ceiling, place: Place): Promise<Cost> {
  const env = {
    DATABASE_URL: place.databaseUrl,
    REDIS_URL: place.redisUrl,
    GATEWAY_URL: place.wechat.WECHAT_BASE_URL ?? '',
    PREFIX: `${place.prefix}c`,
    NUMBERS: `${place.prefix}:${place.count}`,
  };
  const process = await startProcess('bench/speed/ceilings/ceiling.ts', [name], env, 'result');
  await process.stop();
  return JSON.parse(process.ready.replace('result ', ''));
}
