import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trackActivity } from '../../admin/src/api/activity.ts';
import { requestsOf } from '../../admin/src/parts/act/action-request.ts';
import { clockDuration, duration } from '../../admin/src/parts/time/duration.ts';
import { yuan } from '../../admin/src/parts/yuan.ts';
import { en } from '../../admin/src/text/en/en.ts';
import { zh } from '../../admin/src/text/zh/zh.ts';

describe('money on the admin page', () => {
  it.each([
    [0, '¥0.00'],
    [1, '¥0.01'],
    [99, '¥0.99'],
    [100, '¥1.00'],
    [123_456_789, '¥1,234,567.89'],
    [100_000, '¥1,000.00'],
    [-250, '-¥2.50'],
    [Number.MAX_SAFE_INTEGER, '¥90,071,992,547,409.91'],
  ])('%d fen is shown as %s', (amountFen, shown) => {
    expect(yuan(amountFen)).toBe(shown);
  });

  it('shows every fen of any amount', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (amountFen) => {
        expect(Number(yuan(amountFen).replace(/[¥,.]/g, ''))).toBe(amountFen);
      }),
    );
  });
});

describe('time on the admin page', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min 0 s'],
    [3_599_000, '59 min 59 s'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms are counted down as %s', (ms, shown) => {
    expect(clockDuration(ms, en.common)).toBe(shown);
  });

  it('shows short durations with significant digits only', () => {
    expect(duration(182, en.common)).toBe('182 ms');
    expect(duration(2_140, en.common)).toBe('2.1 s');
    expect(duration(125_000, zh.common)).toBe('2 分 5 秒');
  });
});

it('offers the actions that the server allows, and each decision about a late payment separately', () => {
  expect(requestsOf({ actions: ['sync', 'late'], lateDecisions: ['refund', 'handled'] })).toEqual([
    { action: 'sync' },
    { action: 'late', decision: 'refund' },
    { action: 'late', decision: 'handled' },
  ]);
});

it('has every text in both languages', () => {
  const keysOf = (value: object, path = ''): string[] =>
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'object' ? keysOf(inner, `${path}${key}.`) : [`${path}${key}`],
    );
  // The words for codes are open lists, which the compiler cannot compare.
  expect(keysOf(en).sort()).toEqual(keysOf(zh).sort());
});

describe('a request of the admin page', () => {
  it('is marked as automatic, unless the page was opened or used since the last one', () => {
    const page = new EventTarget();
    const headers = trackActivity(page);
    expect([headers(), headers(), headers()]).toEqual([{}, { 'x-background': '1' }, { 'x-background': '1' }]);
    for (const event of ['pointermove', 'keydown', 'wheel']) {
      page.dispatchEvent(new Event(event));
      page.dispatchEvent(new Event(event));
      expect([headers(), headers()]).toEqual([{}, { 'x-background': '1' }]);
    }
  });
});
