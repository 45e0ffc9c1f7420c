import type { RememberNonce } from '../../../src/http/daxpay/signing/replay.ts';

/** A memory of nonces with expiry. */
export function nonceMemory(): RememberNonce {
  const until = new Map<string, number>();
  return async (key, ttlMs) => {
    const now = performance.now();
    if ((until.get(key) ?? 0) > now) return 'seen';
    until.set(key, now + ttlMs);
    return 'new';
  };
}
