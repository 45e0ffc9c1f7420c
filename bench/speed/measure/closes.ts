import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { Peer, Place } from '../peer.ts';
import { cpuMsOf } from './process.ts';

/** From the last preparation to the due time: the worker is ready long before, ms. */
const AHEAD_MS = 4_000;
const LOOK_MS = 250;
const LIMIT_MS = 300_000;

/** What one run of one peer came to. */
export interface CloseRun {
  closesPerS: number;
  /** CPU for a close, ms. */
  workerMs: number;
  databaseMs: number;
  redisMs: number;
  /** Statements that the database received for a close. */
  statements: number;
}

/** Everything is due at once; counts from that moment to the last close. */
export async function measureCloses(peer: Peer, place: Place): Promise<CloseRun> {
  const worker = await peer.startWorker(place);
  try {
    const dueAt = new Date(Date.now() + AHEAD_MS + place.count * 2);
    await peer.prepare(place, () => dueAt);
    await wait(Math.max(0, dueAt.getTime() - Date.now() - LOOK_MS));
    const before = await sample(place, worker.cpuMs);
    let now = await peer.progress(place);
    while (now.closed < place.count) {
      if (Date.now() > dueAt.getTime() + LIMIT_MS) throw new Error(`${peer.name}: ${now.closed} closed`);
      await wait(LOOK_MS);
      now = await peer.progress(place);
    }
    const after = await sample(place, worker.cpuMs);
    const each = (field: keyof Sample) => (after[field] - before[field]) / place.count;
    return {
      closesPerS: (place.count * 1000) / (now.lastAt - dueAt.getTime()),
      workerMs: each('workerMs'),
      databaseMs: each('databaseMs'),
      redisMs: each('redisMs'),
      statements: each('statements'),
    };
  } finally {
    await worker.stop();
  }
}

interface Sample {
  workerMs: number;
  databaseMs: number;
  redisMs: number;
  statements: number;
}

async function sample({ databaseUrl }: Place, workerMs: () => number): Promise<Sample> {
  const db = await new DataSource({ type: 'mysql', url: databaseUrl }).initialize();
  const [row]: { Value: string }[] = await db.query("SHOW GLOBAL STATUS LIKE 'Questions'");
  await db.destroy();
  return {
    workerMs: workerMs(),
    databaseMs: cpuOf(['mysqld', 'mariadbd']),
    redisMs: cpuOf(['redis-server']),
    statements: Number(row?.Value ?? 0),
  };
}

/** CPU of all processes of these names on this machine, ms: the bench's servers, if no others run. */
function cpuOf(names: readonly string[]): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => names.includes(commandOf(pid)))
    .reduce((sum, pid) => sum + cpuMsOf(Number(pid)), 0);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
