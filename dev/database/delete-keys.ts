import { Redis } from 'ioredis';

/** Deletes the keys in Redis with this prefix. */
export async function deleteKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 500 }))
      if (keys.length > 0) await redis.unlink(keys);
  } finally {
    redis.disconnect();
  }
}
