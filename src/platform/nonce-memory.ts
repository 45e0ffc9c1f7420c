import type { Redis } from 'ioredis';
import type { Logger } from './log/logger.ts';

/** `unavailable`: Redis is unreachable; valid requests must not be refused because of that. */
export type NonceAnswer = 'new' | 'seen' | 'unavailable';

/** Remembers used nonces for `ttlMs`, shared by all processes: the first use of a nonce gets `new`, every later one `seen`. */
export function createNonceMemory(redis: Redis, prefix: string, log: Logger) {
  return async (nonce: string, ttlMs: number): Promise<NonceAnswer> => {
    if (redis.status !== 'ready') return 'unavailable';
    try {
      const set = await redis.set(`${prefix}:nonce:${nonce}`, '1', 'PX', ttlMs, 'NX');
      return set === 'OK' ? 'new' : 'seen';
    } catch (error) {
      log.warn({ err: error instanceof Error ? error.message : String(error) }, 'nonce not stored');
      return 'unavailable';
    }
  };
}
