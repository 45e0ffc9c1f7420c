import { Redis } from 'ioredis';
import type { ServerConfig } from '../../config.ts';
import { type Finding, fail, messageOf, ok, warn } from '../finding.ts';

const ASK_MS = 3_000;

/** Whether each sentinel answers and knows the master by our name. Returns nothing if none is configured. */
export async function checkSentinels(server: ServerConfig): Promise<Finding[]> {
  const { REDIS_SENTINELS: addresses, REDIS_SENTINEL_NAME: name } = server;
  if (addresses === null || name === null) return [];
  const check = 'sentinels';
  const answers = await Promise.all(
    addresses.map(async ({ host, port }) => ({
      address: `${host}:${port}`,
      problem: await problemOf(host, port, name, server),
    })),
  );
  const failing = answers.filter(({ problem }) => problem !== null);
  if (failing.length === 0) return [ok(check, `all ${answers.length} know ${name}`)];
  const found = failing.map(({ address, problem }) => `${address}: ${problem}`).join('; ');
  const fix =
    'check that it runs, and that REDIS_SENTINELS, REDIS_SENTINEL_NAME and REDIS_SENTINEL_PASSWORD are right';
  const isMajorityLeft = (answers.length - failing.length) * 2 > answers.length;
  return [isMajorityLeft ? warn(check, found, fix) : fail(check, found, fix)];
}

/** Null: it knows the master. */
async function problemOf(
  host: string,
  port: number,
  name: string,
  server: ServerConfig,
): Promise<string | null> {
  const redis = new Redis({
    host,
    port,
    ...(server.REDIS_SENTINEL_PASSWORD === null ? {} : { password: server.REDIS_SENTINEL_PASSWORD }),
    ...(server.REDIS_URL.startsWith('rediss:') ? { tls: {} } : {}),
    lazyConnect: true,
    connectTimeout: ASK_MS,
    commandTimeout: ASK_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const master = await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name);
    return master === null ? `knows no master ${name}` : null;
  } catch (error) {
    return messageOf(error);
  } finally {
    redis.disconnect();
  }
}
