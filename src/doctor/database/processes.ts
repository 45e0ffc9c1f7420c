import type { DataSource } from 'typeorm';
import { nameOfPart } from '../../channel/parts.ts';
import type { ServerConfig } from '../../config.ts';
import { createProcessStore, type SeenProcess } from '../../process/process-store.ts';
import { type Finding, fail, ok, warn } from '../finding.ts';

/** How long a sweep may take in addition to its interval, ms. */
const SWEEP_TAKES_MS = 80_000;

/** Whether a worker is alive and its sweeps finish, according to the processes' heartbeats. */
export async function checkProcesses(db: DataSource, server: ServerConfig): Promise<Finding[]> {
  const tables: unknown[] = await db.query("SHOW TABLES LIKE 'process'");
  // Not migrated: that check reports it.
  if (tables.length === 0) return [];
  const alive = (await createProcessStore(db).list()).filter(({ isAlive }) => isAlive);
  const workers = alive.filter(({ works }) => works);
  const findings = [workerFinding(workers, server.SWEEP_INTERVAL_MS), apiFinding(alive)];
  for (const { name, outOfOrder } of workers)
    for (const { channel, until, ...part } of outOfOrder)
      findings.push(
        warn(
          'circuit breaker',
          `${channel}${part.operation === 'all' ? '' : ` (${nameOfPart(part)})`} is open in ${name} until ${until.toISOString()}`,
          'the worker’s log has the reason; it is retried automatically',
        ),
      );
  return findings;
}

function workerFinding(workers: SeenProcess[], sweepIntervalMs: number): Finding {
  const check = 'worker';
  const names = workers.map(({ name }) => name).join(', ');
  if (workers.length === 0)
    return fail(
      check,
      'none is alive: orders are not closed',
      'run `autoclose work` or `start` with this database',
    );
  const allowedMs = 2 * sweepIntervalMs + SWEEP_TAKES_MS;
  const sweeps = workers.some(
    ({ seenAt, startedAt, sweptAt }) => seenAt.getTime() - (sweptAt ?? startedAt).getTime() <= allowedMs,
  );
  if (sweeps) return ok(check, `${names} alive, and sweeping`);
  return fail(check, `${names} alive, but no sweep has finished recently`, 'read its log; restart it');
}

function apiFinding(alive: SeenProcess[]): Finding {
  const names = alive.filter(({ serves }) => serves).map(({ name }) => name);
  if (names.length > 0) return ok('api', `${names.join(', ')} alive`);
  return warn(
    'api',
    'no process serves merchants and channel notifications',
    'run `autoclose serve` or `start`',
  );
}
