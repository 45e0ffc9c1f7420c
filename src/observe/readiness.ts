import type { DataSource } from 'typeorm';
import type { Readiness } from '../http/health/routes.ts';
import { refusesWrites } from '../platform/mysql/database.ts';
import { answersWithin, answerWithin } from '../platform/timeout.ts';
import type { QueueHealth } from '../timer/queue-health.ts';

/** Time limit, ms: the caller gives up soon. */
const LIMIT_MS = 2_000;

/** Checks this process's dependencies now. */
export async function readReadiness(
  db: DataSource,
  readQueueHealth: () => Promise<QueueHealth>,
): Promise<Readiness> {
  const [database, queue] = await Promise.all([
    answersWithin(LIMIT_MS, db.query('SELECT 1')),
    answerWithin(LIMIT_MS, readQueueHealth()),
  ]);
  const migrations = database ? await readMigrations(db) : 'unknown';
  const dependencies = {
    database: database ? (refusesWrites(db) ? 'read_only' : 'ok') : 'away',
    migrations,
    redis: queue === null ? 'away' : queue.state === 'ok' && queue.paused.length > 0 ? 'paused' : queue.state,
  } as const;
  if (dependencies.database !== 'ok' || migrations === 'behind')
    return { status: 'unavailable', dependencies };
  return { status: dependencies.redis === 'ok' ? 'ready' : 'degraded', dependencies };
}

async function readMigrations(db: DataSource): Promise<'ok' | 'behind' | 'unknown'> {
  let isBehind = false;
  const asked = db.showMigrations().then((behind) => {
    isBehind = behind;
  });
  if (!(await answersWithin(LIMIT_MS, asked))) return 'unknown';
  return isBehind ? 'behind' : 'ok';
}
