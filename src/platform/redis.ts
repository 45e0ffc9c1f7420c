import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './log/logger.ts';

/** How long a producer waits for Redis, ms: an API call must not hang because Redis does. */
const PRODUCER_TIMEOUT_MS = 2_000;
/**
 * A worker waits for jobs for up to 10 s without traffic. A longer silence means a dead connection, which would otherwise
 * block the timers for a quarter of an hour.
 */
const WORKER_SILENCE_MS = 20_000;
const reconnectAfterMs = (attempt: number) => Math.min(attempt * 100, 1_000);

/** The address of Redis. */
export interface RedisAddress {
  /** The server. With Sentinel, only its user, password, database and TLS (`rediss:`) are used. */
  url: string;
  /** For `rediss:`, the PEM of a private CA that issued the server's certificate. */
  ca?: string;
  /** With Sentinel, the server is the current master of `name`. */
  sentinels: { addresses: { host: string; port: number }[]; name: string; password: string | null } | null;
}

/** A connection for producers: fails fast while Redis is unreachable, and keeps reconnecting in the background. */
export function openProducerRedis(address: RedisAddress, log: Logger): Redis {
  const redis = new Redis(address.url, {
    ...tlsOptions(address),
    ...sentinelOptions(address),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: PRODUCER_TIMEOUT_MS,
    commandTimeout: PRODUCER_TIMEOUT_MS,
    socketTimeout: 2 * PRODUCER_TIMEOUT_MS,
    retryStrategy: reconnectAfterMs,
    reconnectOnError: (error) => isDemoted(error) && RECONNECT,
  });
  return withStateLogged(redis, log);
}

/** A connection for workers: waits indefinitely while Redis is unreachable, as BullMQ requires of a blocking connection. */
export function openWorkerRedis(address: RedisAddress, log: Logger): Redis {
  const redis = new Redis(address.url, {
    ...tlsOptions(address),
    ...sentinelOptions(address),
    maxRetriesPerRequest: null,
    socketTimeout: WORKER_SILENCE_MS,
    retryStrategy: reconnectAfterMs,
    reconnectOnError: (error) => isDemoted(error) && RECONNECT_AND_RESEND,
  });
  return withStateLogged(redis, log);
}

function tlsOptions({ ca, url }: RedisAddress): RedisOptions {
  return ca === undefined || !url.startsWith('rediss:') ? {} : { tls: { ca }, sentinelTLS: { ca } };
}

function sentinelOptions({ url, sentinels }: RedisAddress): RedisOptions {
  if (sentinels === null) return {};
  return {
    sentinels: sentinels.addresses,
    name: sentinels.name,
    ...(sentinels.password === null ? {} : { sentinelPassword: sentinels.password }),
    sentinelRetryStrategy: reconnectAfterMs,
    // A hanging sentinel must not block the next one.
    sentinelCommandTimeout: PRODUCER_TIMEOUT_MS,
    enableTLSForSentinelMode: url.startsWith('rediss:'),
  };
}

/** ioredis's codes: the command fails immediately, or is sent again over the new connection. */
const RECONNECT = 1;
const RECONNECT_AND_RESEND = 2;

/** The server we are connected to was the master and is a replica now; reconnecting finds the new master. */
function isDemoted(error: Error): boolean {
  return error.message.includes('READONLY');
}

/** Waits for the first connection, at most `PRODUCER_TIMEOUT_MS`. Returns whether it is connected. */
export async function waitForConnection(redis: Redis): Promise<boolean> {
  if (redis.status === 'ready') return true;
  return new Promise((resolve) => {
    const settle = (connected: boolean) => {
      clearTimeout(timer);
      redis.off('ready', onReady);
      resolve(connected);
    };
    const onReady = () => settle(true);
    const timer = setTimeout(() => settle(false), PRODUCER_TIMEOUT_MS);
    redis.once('ready', onReady);
  });
}

/** Logs one line when Redis becomes unavailable and one when it is back, not one per reconnection attempt. */
function withStateLogged(redis: Redis, log: Logger): Redis {
  let away = false;
  redis.on('error', (error) => {
    if (away) return;
    away = true;
    log.warn({ err: error.message }, 'redis unavailable');
  });
  redis.on('ready', () => {
    if (away) log.info('redis available again');
    away = false;
  });
  return redis;
}
