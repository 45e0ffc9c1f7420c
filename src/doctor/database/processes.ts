import type { DataSource } from 'typeorm';
import { nameOfPart } from '../../channel/parts.ts';
import type { ServerConfig } from '../../config.ts';
import { createProcessStore, type SeenProcess } from '../../process/process-store.ts';
import { type Finding, fail, ok, warn } from '../finding.ts';

/** A sweep may take so long on top of its interval, ms. */
const SWEEP_TAKES_MS = 80_000;

/** Whether a worker is alive and its sweep comes round, by what the processes say of themselves. */
export async function checkProcesses(db: DataSource, server: ServerConfig): Promise<Finding[]> {
  const tables: unknown[] = await db.query("SHOW TABLES LIKE 'process'");
  // Not migrated: for that check to say.
  if (tables.length === 0) return [];
  const alive = (await createProcessStore(db).list()).filter(({ isAlive }) => isAlive);
  const workers = alive.filter(({ works }) => works);
  const findings = [workerFinding(workers, server.SWEEP_INTERVAL_MS), apiFinding(alive)];
  for (const { name, outOfOrder } of workers)
    for (const { channel, until, ...part } of outOfOrder)
      findings.push(
        warn(
          'breaker',
          `${channel}${part.operation === 'all' ? '' : ` (${nameOfPart(part)})`} is out of order for ${name} until ${until.toISOString()}`,
          'the log of the worker says why; it tries again by itself',
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
      'none is alive: orders do not close',
      'run `autoclose work` or `start` on this database',
    );
  const allowedMs = 2 * sweepIntervalMs + SWEEP_TAKES_MS;
  const sweeps = workers.some(
    ({ seenAt, startedAt, sweptAt }) => seenAt.getTime() - (sweptAt ?? startedAt).getTime() <= allowedMs,
  );
  if (sweeps) return ok(check, `${names} alive, and sweeping`);
  return fail(check, `${names} alive, but no sweep has ended lately`, 'read its log; start it again');
}

function apiFinding(alive: SeenProcess[]): Finding {
  const names = alive.filter(({ serves }) => serves).map(({ name }) => name);
  if (names.length > 0) return ok('api', `${names.join(', ')} alive`);
  return warn('api', 'no process serves merchants and notifications', 'run `autoclose serve` or `start`');
}
