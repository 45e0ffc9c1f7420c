import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type Finding, fail, messageOf, ok } from '../finding.ts';
import type { RedisInfo } from './info.ts';

/** How long the key exists if it cannot be deleted, ms. */
const KEY_LIVES_MS = 10_000;

/** Tries a write: only that shows full memory, a full disk, or missing permissions. */
export async function writesFinding(redis: Redis, prefix: string, info: RedisInfo): Promise<Finding> {
  const check = 'redis writes';
  const key = `${prefix}:doctor:${randomBytes(8).toString('hex')}`;
  try {
    await redis.set(key, '', 'PX', KEY_LIVES_MS);
    await redis.del(key);
  } catch (error) {
    return fail(
      check,
      `rejected, no timer can be set: ${messageOf(error)}`,
      'fix what the message says: memory (maxmemory), disk, or the permissions of the user of REDIS_URL',
    );
  }
  const notWritten = [
    ['the append-only file', info.get('aof_last_write_status')],
    ['the snapshot', info.get('rdb_last_bgsave_status')],
  ].flatMap(([name, status = 'ok']) => (status === 'ok' ? [] : [name]));
  if (notWritten.length === 0) return ok(check, 'accepted, and persisted without errors');
  return fail(
    check,
    `Redis could not write ${notWritten.join(' and ')} the last time, and may refuse writes`,
    'read its log: the disk may be full',
  );
}
