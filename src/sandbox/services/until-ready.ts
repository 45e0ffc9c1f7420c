import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';

/** A first start includes recovery and key generation, on a slow machine. */
const READY_WITHIN_MS = 60_000;
const POLL_MS = 50;
/** One question to the server; a port may accept connections long before anybody reads them. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * Asks until the server answers, for `READY_WITHIN_MS`. `failure` tells whether it is pointless to ask again;
 * its text then becomes the error.
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

/** Resolves if a query succeeds: MySQL accepts connections, knows us, and has our database. */
export async function askMysql(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: ANSWER_WITHIN_MS });
  try {
    await connection.query({ sql: 'SELECT 1', timeout: ANSWER_WITHIN_MS });
  } finally {
    connection.destroy();
  }
}

/** Resolves with what INFO says of the server, once Redis is ready to serve. */
export async function askRedis(url: string): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The rejected promise says it all; without a listener ioredis prints the error as well.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.info('server');
  } finally {
    redis.disconnect();
  }
}
