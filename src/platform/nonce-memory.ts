import type { Redis } from 'ioredis';
import type { Logger } from './log/logger.ts';

/** `unavailable`: the memory cannot be reached; nobody honest may be refused for that. */
export type NonceAnswer = 'new' | 'seen' | 'unavailable';

/**
 * Remembers for `ttlMs` that a nonce was used, for all processes together: the first to name it gets `new`, every
 * other `seen`.
 */
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
