import { redisAddress, type ServerConfig } from '../config.ts';
import { createLogger } from '../platform/log/logger.ts';
import { openProducerRedis, waitForConnection } from '../platform/redis.ts';
import { type Check, type Finding, fail } from './finding.ts';
import { readInfo } from './redis/info.ts';
import { memoryFindings } from './redis/memory.ts';
import { persistenceFinding } from './redis/persistence.ts';
import { checkSentinels } from './redis/sentinels.ts';
import { serverFindings } from './redis/server.ts';
import { writesFinding } from './redis/writes.ts';

/** Redis, as the queue needs it: its own report, and its sentinels if there are any. */
export function checkRedis(server: ServerConfig): Check {
  return {
    name: 'redis',
    run: async () => (await Promise.all([askServer(server), checkSentinels(server)])).flat(),
  };
}

/** How many times to wait for a connection: the first one to a busy server may be slow. */
const WAITS = 4;

async function askServer(server: ServerConfig): Promise<Finding[]> {
  const redis = openProducerRedis(redisAddress(server), createLogger('silent'));
  let why = 'no answer';
  redis.on('error', (error) => {
    why = error.message || why;
  });
  try {
    let isConnected = false;
    for (let wait = 0; wait < WAITS && !isConnected; wait += 1) isConnected = await waitForConnection(redis);
    if (!isConnected) {
      const fix = 'check that it runs, and that REDIS_URL is right; until then orders close late';
      return [fail('redis', `cannot be reached: ${why}`, fix)];
    }
    const info = await redis.info().then(readInfo, () => null);
    // If INFO is forbidden, the check of the queue, which needs it, reports that.
    if (info === null) return [];
    return [
      ...serverFindings(info),
      ...memoryFindings(info),
      await persistenceFinding(redis, info),
      await writesFinding(redis, server.REDIS_PREFIX, info),
    ];
  } finally {
    redis.disconnect();
  }
}
