/** How many clients are remembered; the least recent is evicted first. */
const MAX_CLIENTS = 10_000;
const MINUTE_MS = 60_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * A token bucket per client (令牌桶): a burst of `perMinute` calls, refilled at `perMinute`; 0: unlimited. Per process and in
 * memory: it keeps one client from starving the others, it is not a quota. An evicted client starts with a full bucket.
 */
export function createRateLimit(perMinute: number): (client: string, nowMs: number) => boolean {
  const buckets = new Map<string, Bucket>();

  return function isWithinLimit(client, nowMs) {
    if (perMinute <= 0) return true;
    const { tokens, filledAt } = buckets.get(client) ?? { tokens: perMinute, filledAt: nowMs };
    const refilled = tokens + (Math.max(nowMs - filledAt, 0) * perMinute) / MINUTE_MS;
    const available = Math.min(refilled, perMinute);
    const within = available >= 1;
    buckets.delete(client);
    buckets.set(client, { tokens: within ? available - 1 : available, filledAt: nowMs });
    if (buckets.size > MAX_CLIENTS) evictOldest(buckets);
    return within;
  };
}

/** A Map iterates in insertion order, and every call inserts its client again. */
function evictOldest(buckets: Map<string, Bucket>): void {
  for (const client of buckets.keys()) {
    buckets.delete(client);
    return;
  }
}
