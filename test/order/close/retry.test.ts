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
  test('a channel that cannot be reached is tried after 5s 15s 30s 1m 5m 10m, then every 30m for ever', () => {
    expect(delays('unreachable', [1, 2, 3, 4, 5, 6, 7, 8, 100])).toEqual([
      5, 15, 30, 60, 300, 600, 1800, 1800, 1800,
    ]);
  });

  test('a customer who is paying is left alone for at least 5 s', () => {
    expect(delays('user_paying', [1, 2])).toEqual([5, 5]);
    expect(delays('rate_limited', [1])).toEqual([5]);
  });

  test('a wait that the channel demands is kept, and shortens none of ours', () => {
    const demands = (ms: number) => retryDelayMs('refunding', 1, 0, { refunding: ms });
    expect([demands(60_000), demands(1), demands(0)]).toEqual([60_000, 10_000, 10_000]);
    expect(retryDelayMs('unreachable', 1, 0, { refunding: 60_000 })).toBe(5_000);
  });

  test('a close that the channel does not show yet is looked at within seconds', () => {
    expect(delays('not_confirmed', [1, 2, 3])).toEqual([1, 2, 5]);
  });

  test('a wrong key does not burn through quick attempts', () => {
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

  test('a person is told once in a row of attempts, at once where only a person can help', () => {
    const told = (reasons: (count: number) => PendingReason) => {
      let wasStuck = false;
      return Array.from({ length: 50 }, (_, index) => index + 1).filter((count) => {
        const reason = reasons(count);
        const tell = needsPerson(reason, count, wasStuck);
        wasStuck ||= isStuck(reason, count);
        return tell;
      });
    };
    expect(told(() => 'unreachable')).toEqual([7]);
    expect(told(() => 'not_confirmed')).toEqual([3]);
    expect(told(() => 'misconfigured')).toEqual([1]);
    expect(told(() => 'mismatch')).toEqual([1]);
    expect(told(() => 'too_early')).toEqual([]);
    expect(told((count) => (count % 2 === 0 ? 'unreachable' : 'rate_limited'))).toEqual([7]);
    expect(told((count) => (count % 2 === 0 ? 'unreachable' : 'not_confirmed'))).toEqual([3]);
  });
});
