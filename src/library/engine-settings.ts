import type { EngineSettings } from '../engine.ts';
import type { RedisAddress } from '../platform/redis.ts';
import type { AutocloseOptions } from './options.ts';

/** The engine's settings; defaults are those of the program, see `.env.example`. */
export function engineSettings(options: AutocloseOptions): EngineSettings {
  return {
    databaseUrl: options.databaseUrl,
    redis: redisAddress(options),
    redisPrefix: prefix(options.redisPrefix ?? 'autoclose'),
    expiresInMs: whole('expiresInMs', options.expiresInMs ?? 900_000, 1_000, 7 * 86_400_000),
    closeGraceMs: whole('closeGraceMs', options.closeGraceMs ?? 5_000, 0, 600_000),
    latePaymentPolicy: options.latePaymentPolicy ?? 'refund',
    closeConcurrency: whole('closeConcurrency', options.closeConcurrency ?? 50, 1),
    closesPerSecond: whole('closesPerSecond', options.closesPerSecond ?? 200, 0),
    sweepIntervalMs: whole('sweepIntervalMs', options.sweepIntervalMs ?? 15_000, 100),
  };
}

function redisAddress({ redisUrl: url, redisCa, redisSentinels }: AutocloseOptions): RedisAddress {
  const tls = redisCa === undefined ? {} : { ca: redisCa };
  if (redisSentinels === undefined) return { url, ...tls, sentinels: null };
  const { addresses, name, password = null } = redisSentinels;
  return { url, ...tls, sentinels: { addresses, name, password } };
}

function prefix(value: string): string {
  if (!/^[^:]+$/.test(value)) throw new TypeError('redisPrefix: must be a non-empty text without ":"');
  return value;
}

function whole(option: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    const limit = max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`;
    throw new TypeError(`${option}: must be a whole number from ${min}${limit}`);
  }
  return value;
}
