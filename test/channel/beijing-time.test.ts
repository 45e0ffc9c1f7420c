import { afterEach, describe, expect, test } from 'vitest';
import { fromBeijing, fromRfc3339, toBeijing, toRfc3339 } from '../../src/channel/adapter/beijing-time.ts';

const zoneBefore = process.env.TZ;
afterEach(() => {
  if (zoneBefore === undefined) delete process.env.TZ;
  else process.env.TZ = zoneBefore;
});

describe.each(['UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Kiritimati'])(
  'in time zone %s',
  (zone) => {
    test('Beijing times are formatted and parsed the same', () => {
      process.env.TZ = zone;
      const time = new Date('2025-12-31T16:00:00.000Z');
      expect(toBeijing(time)).toBe('2026-01-01 00:00:00');
      expect(toRfc3339(time)).toBe('2026-01-01T00:00:00+08:00');
      expect(fromBeijing('2026-01-01 00:00:00')).toEqual(time);
      expect(fromRfc3339('2026-01-01T00:00:00+08:00')).toEqual(time);
      expect(fromRfc3339('2025-12-31T16:00:00Z')).toEqual(time);
      expect(fromRfc3339('2025-12-31T11:00:00-05:00')).toEqual(time);
    });
  },
);

test('milliseconds are truncated, so that a deadline at a channel is never later than ours', () => {
  const time = new Date('2026-01-01T00:00:00.999Z');
  expect(toBeijing(time)).toBe('2026-01-01 08:00:00');
  expect(toRfc3339(time)).toBe('2026-01-01T08:00:00+08:00');
});

test.each(['', 'now', '2026-01-01', '2026-1-1 0:0:0', '2026-02-30 10:00:00', '2026-01-01 25:00:00'])(
  '%j is not a Beijing time',
  (text) => {
    expect(fromBeijing(text)).toBeNull();
  },
);

test.each(['', '2026-01-01T10:00:00', '2026-02-30T10:00:00+08:00', '2026-01-01 10:00:00+08:00'])(
  '%j is not an RFC 3339 time',
  (text) => {
    expect(fromRfc3339(text)).toBeNull();
  },
);
