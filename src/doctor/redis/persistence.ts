import type { Redis } from 'ioredis';
import { type Finding, ok, warn } from '../finding.ts';
import type { RedisInfo } from './info.ts';

/** Whether timers outlive a restart of Redis. No order is lost otherwise: the sweep sets them again, a little later. */
export async function persistenceFinding(redis: Redis, info: RedisInfo): Promise<Finding> {
  const check = 'redis persistence';
  if (info.get('aof_enabled') === '1') return ok(check, 'appendonly');
  const saves = await snapshots(redis);
  if (saves === null)
    return warn(check, 'appendonly is off; whether it saves is not told', 'set appendonly yes');
  return warn(
    check,
    saves === ''
      ? 'none: a restart takes all timers with it, and the sweep has to set them again'
      : `snapshots only (save ${saves}): a restart takes the latest timers with it`,
    'CONFIG SET appendonly yes, and the same in redis.conf',
  );
}

/** Null where CONFIG is forbidden, as hosted ones do. */
async function snapshots(redis: Redis): Promise<string | null> {
  try {
    const answer = await redis.config('GET', 'save');
    return Array.isArray(answer) ? String(answer[1] ?? '') : null;
  } catch {
    return null;
  }
}
