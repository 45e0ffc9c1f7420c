import { beforeEach, describe, expect, test } from 'vitest';
import {
  type Breaker,
  createBreaker,
  MISCONFIGURED_IN_A_ROW,
  PROBE_EVERY_MS,
  ROW_WITHIN_MS,
  UNKNOWN_IN_A_ROW,
  UNTRIED_MS,
} from '../../../src/channel/guard/breaker.ts';

let now: number;
let said: string[];
let breaker: Breaker;
let orders: number;
beforeEach(() => {
  now = 1_000_000;
  orders = 0;
  said = [];
  breaker = createBreaker(() => now, {
    opened: (reason, answer) => said.push(`opened ${reason} ${answer}`),
    stillOpen: (reason) => said.push(`still ${reason}`),
    closed: () => said.push('closed'),
  });
});

/** Calls for `count` different orders, each with result `kind`. */
function calls(kind: string, count = 1): void {
  for (let call = 0; call < count; call += 1) {
    orders += 1;
    breaker.note({ orderNo: `A${orders}`, operation: 'query', kind, answer: '503' });
  }
}
/** How long the breaker stays open, ms; 0: closed. */
const openFor = () => breaker.unavailableForMs() ?? 0;
const isClosed = () => breaker.unavailableForMs() === null;
/** Waits until a probe is allowed, and admits it. */
function probe(): void {
  now += openFor();
  expect(breaker.admit()).toBeNull();
}

describe('the breaker opens', () => {
  test.each([
    ['unknown', UNKNOWN_IN_A_ROW, 5_000],
    ['misconfigured', MISCONFIGURED_IN_A_ROW, 60_000],
  ])('once, after enough consecutive different orders with %s', (kind, enough, openMs) => {
    calls(kind, enough - 1);
    expect(isClosed()).toBe(true);
    expect(breaker.refuses()).toBe(false);
    calls(kind);
    expect(openFor()).toBe(openMs);
    expect(breaker.refuses()).toBe(true);
    expect(breaker.admit()).toBe(openMs);
    calls(kind, 100);
    expect(said).toEqual([`opened ${kind} 503`]);
  });

  test.each(['unknown', 'misconfigured'])('not for one order, however often it is %s', (kind) => {
    for (let call = 0; call < 100; call += 1)
      breaker.note({ orderNo: 'odd', operation: 'query', kind, answer: '' });
    expect(isClosed()).toBe(true);
  });

  test.each(['unknown', 'misconfigured'])('not for scattered orders with %s', (kind) => {
    for (let call = 0; call < 20; call += 1) {
      calls(kind);
      now += ROW_WITHIN_MS / 2;
    }
    expect(isClosed()).toBe(true);
  });

  test.each(['unpaid', 'not_found', 'refused', 'mismatch', 'accepted'])(
    'not with %s in between: the channel answers',
    (kind) => {
      for (let round = 0; round < 10; round += 1) {
        calls('unknown', UNKNOWN_IN_A_ROW - 1);
        calls(kind);
      }
      expect(isClosed()).toBe(true);
    },
  );

  test('not for rate limits, which usually mean that a customer is paying', () => {
    calls('rate_limited', 100);
    expect(isClosed()).toBe(true);
  });

  test('despite rate limits in between, which prove nothing', () => {
    for (let call = 0; call < UNKNOWN_IN_A_ROW; call += 1) {
      calls('unknown');
      calls('rate_limited');
    }
    expect(isClosed()).toBe(false);
  });
});

describe('an open breaker', () => {
  beforeEach(() => calls('unknown', UNKNOWN_IN_A_ROW));

  test('is not closed by calls that started before it opened', () => {
    calls('unpaid', 10);
    expect(isClosed()).toBe(false);
  });

  test('admits one attempt at a time, with all its calls', () => {
    now += openFor();
    expect(breaker.admit()).toBeNull();
    expect(breaker.refuses()).toBe(false);
    expect(breaker.admit()).toBe(PROBE_EVERY_MS);
    now += PROBE_EVERY_MS;
    expect(breaker.admit()).toBeNull();
    expect(breaker.admit()).not.toBeNull();
  });

  test('does not count a status check as a probe', () => {
    now += openFor();
    for (let look = 0; look < 10; look += 1) expect(breaker.unavailableForMs()).toBe(0);
    expect(breaker.admit()).toBeNull();
  });

  test.each(['unpaid', 'rate_limited', 'not_found'])('closes when its probe returns %s', (kind) => {
    probe();
    calls(kind);
    expect(isClosed()).toBe(true);
    expect(said.at(-1)).toBe('closed');
    calls('unknown', UNKNOWN_IN_A_ROW - 1);
    expect(isClosed()).toBe(true);
  });

  test('stays open longer with each failed probe, up to a limit, and resets when it closes', () => {
    const waits = [];
    for (let round = 0; round < 6; round += 1) {
      waits.push(openFor());
      probe();
      calls('unknown');
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 30_000, 30_000, 30_000]);
    expect(said.filter((line) => line.startsWith('opened'))).toHaveLength(1);
    probe();
    calls('unpaid');
    calls('unknown', UNKNOWN_IN_A_ROW);
    expect(openFor()).toBe(5_000);
  });

  test('waits as long as for a misconfiguration if its probe shows one', () => {
    probe();
    calls('misconfigured');
    expect(openFor()).toBe(60_000);
  });
});

describe('an open breaker is reported', () => {
  test('when it opens, at each failed probe, and until it closes', () => {
    expect(breaker.isOutOfOrder()).toBe(false);
    calls('unknown', UNKNOWN_IN_A_ROW);
    for (let trial = 0; trial < 10; trial += 1) {
      expect(breaker.isOutOfOrder()).toBe(true);
      probe();
      expect(breaker.isOutOfOrder()).toBe(true);
      calls('unknown');
    }
    probe();
    calls('unpaid');
    expect(breaker.isOutOfOrder()).toBe(false);
  });

  test('but no longer if nothing has probed it recently', () => {
    calls('unknown', UNKNOWN_IN_A_ROW);
    now += openFor() + UNTRIED_MS;
    expect(breaker.isOutOfOrder()).toBe(false);
    expect(isClosed()).toBe(false);
  });
});
