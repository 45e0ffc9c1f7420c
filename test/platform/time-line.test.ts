import { expect, test } from 'vitest';
import { createTimeLine, type Sample } from '../../src/platform/clock/time-line.ts';

/** The other clock is `offset` ahead of our ticks; an answer takes `tripMs`, and is made `givenAfterMs` into it. */
function sample(tick: number, offset: number, tripMs = 2, givenAfterMs = tripMs / 2): Sample {
  return { at: tick + givenAfterMs + offset, sentAt: tick, receivedAt: tick + tripMs };
}

const OFFSET = 1_000_000;
const MINUTE = 60_000;
const start = () => createTimeLine(sample(0, OFFSET));

test('a reading is never later than the other clock, whenever in the round trip the answer was made', () => {
  for (const givenAfterMs of [0, 1, 2_500, 4_999, 5_000]) {
    const line = createTimeLine(sample(0, OFFSET, 5_000, givenAfterMs));
    expect(line.read(6_000)).toBeLessThanOrEqual(6_000 + OFFSET);
    expect(line.read(6_000)).toBeGreaterThanOrEqual(6_000 + OFFSET - 5_000);
  }
});

test('a slow answer does not make readings less accurate, and a quick one makes them more accurate', () => {
  const line = createTimeLine(sample(0, OFFSET, 5_000, 0));
  expect(line.read(6_000)).toBe(6_000 + OFFSET - 5_000);
  expect(line.take(sample(30_000, OFFSET, 2))).toEqual({ kind: 'agrees' });
  expect(line.read(31_000)).toBeCloseTo(31_000 + OFFSET - 1, 0);
  expect(line.take(sample(60_000, OFFSET, 8_000, 0))).toEqual({ kind: 'agrees' });
  expect(line.read(70_000)).toBeGreaterThan(70_000 + OFFSET - 100);
});

test('drift and small corrections are followed silently, in both directions', () => {
  const line = start();
  for (let minute = 1; minute <= 60; minute += 1) {
    const offset = OFFSET + (minute % 2 === 0 ? 900 : 0);
    expect(line.take(sample(minute * MINUTE, offset))).toEqual({ kind: 'agrees' });
    expect(line.read(minute * MINUTE + 2)).toBeLessThanOrEqual(minute * MINUTE + 2 + offset);
  }
});

test('a backward jump is followed at once and reported once', () => {
  const line = start();
  expect(line.take(sample(30_000, OFFSET - 120_000))).toMatchObject({ kind: 'jumped' });
  expect(line.read(30_002)).toBeLessThanOrEqual(30_002 + OFFSET - 120_000);
  expect(line.take(sample(60_000, OFFSET - 120_000))).toEqual({ kind: 'agrees' });
});

test('a forward jump is reported once, and readings keep the earlier time', () => {
  const line = start();
  const verdict = line.take(sample(30_000, OFFSET + 120_000));
  expect(verdict.kind).toBe('jumped');
  expect(line.take(sample(60_000, OFFSET + 120_000))).toEqual({ kind: 'agrees' });
  expect(line.read(60_002)).toBeLessThanOrEqual(60_002 + OFFSET);
  expect(line.heldMs()).toBeGreaterThan(119_000);
});

test('a forward jump that is reverted changes nothing', () => {
  const line = start();
  line.take(sample(30_000, OFFSET + 120_000));
  expect(line.take(sample(60_000, OFFSET))).toEqual({ kind: 'returned' });
  expect(line.heldMs()).toBe(0);
  expect(line.read(60_002)).toBeLessThanOrEqual(60_002 + OFFSET);
});

test('a third clock that also jumped confirms it at once; one that did not blocks it', () => {
  const line = start();
  line.take(sample(30_000, OFFSET + 120_000));
  for (let tick = 60_000; tick < 60 * MINUTE; tick += 30_000) {
    expect(line.observe(tick + OFFSET, tick)).toBe(false);
    expect(line.take(sample(tick, OFFSET + 120_000))).toEqual({ kind: 'agrees' });
    expect(line.read(tick)).toBeLessThanOrEqual(tick + OFFSET);
  }
  const tick = 60 * MINUTE;
  expect(line.observe(tick + OFFSET + 119_000, tick)).toBe(true);
  expect(line.read(tick)).toBeGreaterThan(tick + OFFSET + 119_000);
});

test('without a third clock it is accepted after five minutes', () => {
  const line = start();
  const verdicts: string[] = [];
  for (let tick = 30_000; tick <= 330_000; tick += 30_000)
    verdicts.push(line.take(sample(tick, OFFSET + 120_000)).kind);
  expect(verdicts).toEqual(['jumped', ...Array(9).fill('agrees'), 'believed']);
});

test('paused ticks, as on a suspended machine, make readings early, not late', () => {
  const line = start();
  // Ten minutes passed elsewhere, none here.
  expect(line.take(sample(30_000, OFFSET + 10 * MINUTE)).kind).toBe('jumped');
  expect(line.read(30_002)).toBeLessThanOrEqual(30_002 + OFFSET);
  expect(line.observe(30_500 + OFFSET + 10 * MINUTE - 1_000, 30_500)).toBe(true);
  expect(line.read(31_000)).toBeGreaterThan(31_000 + OFFSET + 10 * MINUTE - 1_000);
});

test('a third clock that confirms a part of a jump is followed for that part only', () => {
  const line = start();
  // Five minutes passed elsewhere while ticks were paused, and the other clock is another ten minutes ahead.
  const real = (tick: number) => tick + OFFSET + 5 * MINUTE;
  const jumped = (tick: number) => sample(tick, OFFSET + 15 * MINUTE);
  expect(line.take(jumped(30_000)).kind).toBe('jumped');
  expect(line.observe(real(30_500), 30_500)).toBe(false);
  expect(line.read(30_500)).toBeGreaterThanOrEqual(real(30_500) - 3_000);
  for (let tick = 60_000; tick < 30 * MINUTE; tick += 30_000) {
    line.take(jumped(tick));
    expect(line.observe(real(tick) - 1_000, tick)).toBe(false);
    expect(line.read(tick)).toBeLessThanOrEqual(real(tick));
  }
  // The other clock is corrected.
  line.take(sample(31 * MINUTE, OFFSET + 5 * MINUTE));
  expect(line.heldMs()).toBe(0);
  expect(line.read(31 * MINUTE)).toBeLessThanOrEqual(real(31 * MINUTE));
});

test('a third clock is ignored while there is no jump', () => {
  const line = start();
  expect(line.observe(OFFSET * 9, 10)).toBe(false);
  expect(line.read(10)).toBeLessThanOrEqual(10 + OFFSET);
});
