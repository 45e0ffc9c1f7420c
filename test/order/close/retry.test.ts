import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isStuck, needsPerson, retryDelayMs } from '../../../src/order/attempt/retry.ts';
import type { PendingReason } from '../../../src/order/order.ts';

const reasons: PendingReason[] = [
  'user_paying',
  'rate_limited',
  'unreachable',
  'misconfigured',
  'not_confirmed',
  'too_early',
  'mismatch',
];
const delays = (reason: PendingReason, counts: number[]) =>
  counts.map((count) => retryDelayMs(reason, count, 0) / 1000);

describe('the waits between attempts', () => {
  test('an unreachable channel is retried after 5s 15s 30s 1m 5m 10m, then every 30m forever', () => {
    expect(delays('unreachable', [1, 2, 3, 4, 5, 6, 7, 8, 100])).toEqual([
      5, 15, 30, 60, 300, 600, 1800, 1800, 1800,
    ]);
  });

  test('a customer who is paying is not disturbed for at least 5 s', () => {
    expect(delays('user_paying', [1, 2])).toEqual([5, 5]);
    expect(delays('rate_limited', [1])).toEqual([5]);
  });

  test('a wait that the channel demands is kept, and never shortens ours', () => {
    const demands = (ms: number) => retryDelayMs('refunding', 1, 0, { refunding: ms });
    expect([demands(60_000), demands(1), demands(0)]).toEqual([60_000, 10_000, 10_000]);
    expect(retryDelayMs('unreachable', 1, 0, { refunding: 60_000 })).toBe(5_000);
  });

  test('a close that the channel does not show yet is checked within seconds', () => {
    expect(delays('not_confirmed', [1, 2, 3])).toEqual([1, 2, 5]);
  });

  test('a wrong key is not retried quickly', () => {
    expect(delays('misconfigured', [1, 2])).toEqual([60, 300]);
  });

  test('jitter spreads every wait by up to a fifth and never shortens it; every wait is bounded', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...reasons),
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (reason, count, random) => {
          const plain = retryDelayMs(reason, count, 0);
          const spread = retryDelayMs(reason, count, random);
          expect(spread).toBeGreaterThanOrEqual(plain);
          expect(spread).toBeLessThanOrEqual(plain * 1.2 + 1);
          expect(plain).toBeLessThanOrEqual(1_800_000);
        },
      ),
    );
  });

  test('a series of attempts alerts once, and immediately if only a person can help', () => {
    const alertedAt = (reasons: (count: number) => PendingReason) => {
      let wasStuck = false;
      return Array.from({ length: 50 }, (_, index) => index + 1).filter((count) => {
        const reason = reasons(count);
        const tell = needsPerson(reason, count, wasStuck);
        wasStuck ||= isStuck(reason, count);
        return tell;
      });
    };
    expect(alertedAt(() => 'unreachable')).toEqual([7]);
    expect(alertedAt(() => 'not_confirmed')).toEqual([3]);
    expect(alertedAt(() => 'misconfigured')).toEqual([1]);
    expect(alertedAt(() => 'mismatch')).toEqual([1]);
    expect(alertedAt(() => 'too_early')).toEqual([]);
    expect(alertedAt((count) => (count % 2 === 0 ? 'unreachable' : 'rate_limited'))).toEqual([7]);
    expect(alertedAt((count) => (count % 2 === 0 ? 'unreachable' : 'not_confirmed'))).toEqual([3]);
  });
});
