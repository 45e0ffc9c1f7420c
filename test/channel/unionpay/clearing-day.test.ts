import { expect, test } from 'vitest';
import { clearingDayEnd } from '../../../src/channel/built-in/unionpay/clearing-day.ts';

test.each([
  ['2026-01-01T00:00:00+08:00', '2026-01-01T23:00:00+08:00'],
  ['2026-01-01T22:59:59.999+08:00', '2026-01-01T23:00:00+08:00'],
  ['2026-01-01T23:00:00+08:00', '2026-01-02T23:00:00+08:00'],
  ['2025-12-31T23:30:00+08:00', '2026-01-01T23:00:00+08:00'],
])('the clearing day of %s ends at %s', (time, end) => {
  expect(clearingDayEnd(new Date(time))).toEqual(new Date(end));
});
