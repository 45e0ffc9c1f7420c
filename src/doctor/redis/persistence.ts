import type { Redis } from 'ioredis';
import { type Finding, ok, warn } from '../finding.ts';
import type { RedisInfo } from './info.ts';

/** Whether timers survive a restart of Redis. If not, no order is lost: the sweep sets them again, a little later. */
export async function persistenceFinding(redis: Redis, info: RedisInfo): Promise<Finding> {
  const check = 'redis persistence';
  if (info.get('aof_enabled') === '1') return ok(check, 'appendonly');
  const saves = await snapshots(redis);
  if (saves === null)
    return warn(check, 'appendonly is off; whether it saves snapshots is not reported', 'set appendonly yes');
  return warn(
    check,
    saves === ''
      ? 'none: a restart loses all timers, and the sweep must set them again'
      : `snapshots only (save ${saves}): a restart loses the latest timers`,
    'CONFIG SET appendonly yes, and the same in redis.conf',
  );
}

/** Null if CONFIG is forbidden, as it is on hosted servers. */
async function snapshots(redis: Redis): Promise<string | null> {
  try {
    const answer = await redis.config('GET', 'save');
    return Array.isArray(answer) ? String(answer[1] ?? '') : null;
  } catch {
    return null;
  }
}
