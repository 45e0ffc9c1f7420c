import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';

/** Includes recovery and key generation at the first start, on a slow machine. */
const READY_WITHIN_MS = 60_000;
const POLL_MS = 50;
/** For one query; a port may accept connections long before the server reads them. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * Polls until the server answers, for `READY_WITHIN_MS`. `failure` returns an error message if polling is pointless, else
 * null.
 */
export async function untilReady(
  ask: () => Promise<void>,
  failure: () => Promise<string | null>,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      const why = await failure();
      if (why !== null) throw new Error(why);
      if (Date.now() > deadline) {
        throw new Error(`no answer within ${READY_WITHIN_MS / 1_000} s`, { cause: error });
      }
    }
    await wait(POLL_MS);
  }
}

/** Resolves if a query succeeds: MySQL accepts connections and our login, and the database exists. */
export async function pingMysql(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: ANSWER_WITHIN_MS });
  try {
    await connection.query({ sql: 'SELECT 1', timeout: ANSWER_WITHIN_MS });
  } finally {
    connection.destroy();
  }
}

/** Resolves with the server section of INFO, once Redis is ready. */
export async function pingRedis(url: string): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The rejected promise has the error; without a listener ioredis also prints it.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.info('server');
  } finally {
    redis.disconnect();
  }
}
