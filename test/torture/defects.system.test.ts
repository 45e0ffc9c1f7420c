import { describe, expect, inject, test } from 'vitest';
import { runWithDefect } from '../../bench/torture/defects/run-with-defect.ts';

/**
 * Put in together, to run once, with a seed by which they are soon found; each has to be accused in its own words, which name
 * the guarantee that it breaks.
 */
const together = [
  {
    seed: 2,
    accusations: {
      'attempts-uncounted': 'began after attempt',
      'payment-takes-timer': 'success with something left to do, and never due',
      'cancel-takes-lease': 'two holders of one order at once',
      'outage-closes': 'on an answer that does not say so',
      'refund-row-left-open': 'the money went back, and our refund does not say so',
      'merchant-not-named': 'does not say who asked',
      'deadline-after-row': 'progress with something left to do, and never due',
      'second-payment-silent': 'not counted as a violation: paid_twice',
    },
  },
  {
    seed: 5,
    accusations: {
      'trust-close': 'closed on an answer that does not say so: not asked',
      'retry-forgets-cancel': 'was asked for, and is forgotten for',
      'acknowledge-first': 'acknowledged before it was stored',
      'no-last-look': 'nobody looked again when its channel had stopped to notify',
      'refund-number-per-attempt': 'refunds of one order',
      'late-payment-unmarked': 'a late payment is kept silently',
      'cancel-not-due': 'success with something left to do, and never due',
    },
  },
  {
    seed: 1,
    accusations: {
      'unguarded-update': 'cancel became success',
      'busy-forgets-request': 'was answered as busy, and the row does not know of it',
      'notice-of-the-past': 'a notice of cancel shows refunding',
      'answers-mixed-up': 'an answer after the close that was none',
      'accepted-refund-is-done': 'while the money is still on its way back',
      'doubt-believed': 'success, and nobody has paid',
      'amount-of-notification': 'not counted as a violation: mismatch',
      'overtaken-unrecorded': 'left no record',
    },
  },
  {
    seed: 2,
    accusations: {
      'jump-believed': 'closed at the channel before its time',
      'sync-closes-early': 'an end before its time is in the row',
      'not-found-after-creation': 'close, although it was paid',
      'kept-before-applied': 'acknowledged, and its order does not show it',
      'refunded-is-paid': 'success, although the channel had shown that the money went back',
      'outage-forgets-request': 'was answered as pending, and the row does not know of it',
      'sweep-skips-stuck': 'never became idle',
      'part-counts-as-all': 'cancel, although it was paid',
      'notice-twice': 'notified of close after close',
      'cancel-of-closed-forgotten': 'a cancel of a closed order was answered as done',
    },
  },
];
/** Most runs have found everything within half of them. */
const MAX_ORDERS = 120;

describe('the bench can fail: defects in the program are caught', () => {
  test.concurrent.each(together)(
    'of every guarantee, each by its own accusation (seed $seed)',
    async ({ seed, accusations }) => {
      const services = { DATABASE_URL: inject('databaseUrl'), REDIS_URL: inject('redisUrl') };
      const counts = { orders: MAX_ORDERS, seed, storm: 0, processes: 1 };
      const args = Object.entries(counts).flatMap(([name, count]) => [`--${name}`, String(count)]);
      args.push('--until', ...Object.values(accusations));
      const names = Object.keys(accusations).join();
      const run = await runWithDefect(names, args, { ...process.env, ...services });
      for (const [defect, accusation] of Object.entries(accusations))
        expect(run.output, defect).toContain(accusation);
      expect(run.exitCode).toBe(1);
    },
    300_000,
  );
});
