import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './log/logger.ts';

/** How long a producer waits for anything from Redis, ms: an API call must not hang because Redis does. */
const PRODUCER_TIMEOUT_MS = 2_000;
/**
 * A worker waits for jobs for up to 10 s without a word from Redis. Longer silence is taken for a dead connection,
 * which would otherwise hold the timers for a quarter of an hour.
 */
const WORKER_SILENCE_MS = 20_000;
const reconnectAfterMs = (attempt: number) => Math.min(attempt * 100, 1_000);

/** Where Redis is. */
export interface RedisAddress {
  /** The server; with sentinels only the user, the password, the database and TLS (`rediss:`) count. */
  url: string;
  /** The CA in PEM that has issued the server's certificate, where it is none of the well-known ones; for `rediss:`. */
  ca?: string;
  /** Where set, the server is whichever of theirs is the master at the moment. */
  sentinels: { addresses: { host: string; port: number }[]; name: string; password: string | null } | null;
}

/**
 * For those who add jobs: fails fast while Redis is away, reconnects for ever in the background.
 */
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

/** For workers: waits for ever for a Redis that is away, as BullMQ demands of a blocking connection. */
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
    // One that hangs must not keep us from asking the next.
    sentinelCommandTimeout: PRODUCER_TIMEOUT_MS,
    enableTLSForSentinelMode: url.startsWith('rediss:'),
  };
}

/** ioredis' own numbers: the command fails at once, or is sent again over the new connection. */
const RECONNECT = 1;
const RECONNECT_AND_RESEND = 2;

/** It was the master when we connected, and is a replica now: whoever is asked next knows the new one. */
function isDemoted(error: Error): boolean {
  return error.message.includes('READONLY');
}

/** Resolves when the first connection stands, or after `PRODUCER_TIMEOUT_MS` without one. True: it stands. */
export async function connectedOrNot(redis: Redis): Promise<boolean> {
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

/** One line when it goes and one when it is back, not one for every attempt to reconnect. */
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
