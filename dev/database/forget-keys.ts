import { Redis } from 'ioredis';

/** Deletes the keys in Redis that begin so. */
export async function forgetKeys(url: string, beginning: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: `${beginning}*`, count: 500 }))
      if (keys.length > 0) await redis.unlink(keys);
  } finally {
    redis.disconnect();
  }
}
