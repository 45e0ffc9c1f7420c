/** How many clients are remembered; the one that has been quiet for longest is forgotten first. */
const MAX_CLIENTS = 10_000;
const MINUTE_MS = 60_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * A bucket of tokens for each client (令牌桶): `perMinute` calls at once, and then as many a minute; 0: any number.
 * In this process alone, and lost with it: it keeps one client from taking the time of the others, it counts
 * nothing. A client that is forgotten starts with a full bucket.
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
    if (buckets.size > MAX_CLIENTS) forgetOldest(buckets);
    return within;
  };
}

/** A Map is in the order of insertion, and every call inserts its client anew. */
function forgetOldest(buckets: Map<string, Bucket>): void {
  for (const client of buckets.keys()) {
    buckets.delete(client);
    return;
  }
}
