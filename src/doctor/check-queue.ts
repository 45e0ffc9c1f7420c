import { channelNames } from '../channel/channel.ts';
import { redisAddress, type ServerConfig } from '../config.ts';
import { createLogger } from '../platform/log/logger.ts';
import { openDatabase } from '../platform/mysql/database.ts';
import { openProducerRedis, waitForConnection } from '../platform/redis.ts';
import { readInstallation } from '../process/installation.ts';
import { type QueueHealth, readQueueHealth } from '../timer/queue-health.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

/**
 * Whether the queue accepts and runs jobs for this database. Returns nothing if database or Redis cannot be reached: their
 * own checks report that.
 */
export function checkQueue(server: ServerConfig): Check {
  return { name: 'queue', run: () => askQueue(server) };
}

async function askQueue(server: ServerConfig): Promise<Finding[]> {
  const owner = await ownerOf(server.DATABASE_URL);
  if (owner === null) return [];
  const redis = openProducerRedis(redisAddress(server), createLogger('silent'));
  try {
    await waitForConnection(redis);
    const place = { prefix: server.REDIS_PREFIX, owner, channels: channelNames };
    return findingsOf(await readQueueHealth(redis, place, false));
  } finally {
    redis.disconnect();
  }
}

async function ownerOf(databaseUrl: string): Promise<string | null> {
  const db = await openDatabase(databaseUrl, [], []).catch(() => null);
  if (db === null) return null;
  try {
    return await readInstallation(db);
  } catch {
    return null;
  } finally {
    await db.destroy();
  }
}

function findingsOf({ state, reason, paused }: QueueHealth): Finding[] {
  const check = 'queue';
  switch (state) {
    case 'away':
      return [];
    case 'refuses':
    case 'unusable':
      return [
        fail(
          check,
          `Redis cannot hold the timers: ${reason}`,
          'do what the message says; until then due orders run from the database, seconds late',
        ),
      ];
    case 'ok':
      if (paused.length === 0) return [ok(check, 'accepts and runs jobs')];
      return [
        warn(
          check,
          `paused by another program: ${paused.join(', ')}`,
          'resume it; until then its due orders run from the database, seconds late',
        ),
      ];
  }
}
