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

/** Calls about `count` different orders that all came back with `kind`. */
function calls(kind: string, count = 1): void {
  for (let call = 0; call < count; call += 1) {
    orders += 1;
    breaker.note({ orderNo: `A${orders}`, operation: 'query', kind, answer: '503' });
  }
}
/** How long the breaker stays open from now on, ms; 0: it is closed. */
const openFor = () => breaker.unavailableForMs() ?? 0;
const isClosed = () => breaker.unavailableForMs() === null;
/** Waits until an attempt may be let through, and lets it through. */
function probe(): void {
  now += openFor();
  expect(breaker.admit()).toBeNull();
}

describe('the breaker opens', () => {
  test.each([
    ['unknown', UNKNOWN_IN_A_ROW, 5_000],
    ['misconfigured', MISCONFIGURED_IN_A_ROW, 60_000],
  ])('after enough different orders in a row that came back %s, once', (kind, enough, openMs) => {
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

  test.each(['unknown', 'misconfigured'])('not for one odd order, however often it is %s', (kind) => {
    for (let call = 0; call < 100; call += 1)
      breaker.note({ orderNo: 'odd', operation: 'query', kind, answer: '' });
    expect(isClosed()).toBe(true);
  });

  test.each(['unknown', 'misconfigured'])('not for odd orders (%s) that are far between', (kind) => {
    for (let call = 0; call < 20; call += 1) {
      calls(kind);
      now += ROW_WITHIN_MS / 2;
    }
    expect(isClosed()).toBe(true);
  });

  test.each(['unpaid', 'not_found', 'refused', 'mismatch', 'accepted'])(
    'not while %s comes in between: the channel answers',
    (kind) => {
      for (let round = 0; round < 10; round += 1) {
        calls('unknown', UNKNOWN_IN_A_ROW - 1);
        calls(kind);
      }
      expect(isClosed()).toBe(true);
    },
  );

  test('not for rate limits, which usually mean that somebody is paying', () => {
    calls('rate_limited', 100);
    expect(isClosed()).toBe(true);
  });

  test('although rate limits come in between, which prove nothing', () => {
    for (let call = 0; call < UNKNOWN_IN_A_ROW; call += 1) {
      calls('unknown');
      calls('rate_limited');
    }
    expect(isClosed()).toBe(false);
  });
});

describe('an open breaker', () => {
  beforeEach(() => calls('unknown', UNKNOWN_IN_A_ROW));

  test('is not closed by what was under way before it opened', () => {
    calls('unpaid', 10);
    expect(isClosed()).toBe(false);
  });

  test('lets one attempt through at a time, with all of its calls', () => {
    now += openFor();
    expect(breaker.admit()).toBeNull();
    expect(breaker.refuses()).toBe(false);
    expect(breaker.admit()).toBe(PROBE_EVERY_MS);
    now += PROBE_EVERY_MS;
    expect(breaker.admit()).toBeNull();
    expect(breaker.admit()).not.toBeNull();
  });

  test('is not asked by looking at it', () => {
    now += openFor();
    for (let look = 0; look < 10; look += 1) expect(breaker.unavailableForMs()).toBe(0);
    expect(breaker.admit()).toBeNull();
  });

  test.each(['unpaid', 'rate_limited', 'not_found'])('closes when its probe is answered %s', (kind) => {
    probe();
    calls(kind);
    expect(isClosed()).toBe(true);
    expect(said.at(-1)).toBe('closed');
    calls('unknown', UNKNOWN_IN_A_ROW - 1);
    expect(isClosed()).toBe(true);
  });

  test('stays open ever longer while its probes fail, up to a bound, and begins again when it has closed', () => {
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

  test('whose probe shows a misconfiguration waits as long as for one', () => {
    probe();
    calls('misconfigured');
    expect(openFor()).toBe(60_000);
  });
});

describe('people are told that the channel is out of order', () => {
  test('from its opening over every failed trial until it works', () => {
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

  test('but no longer where nobody has had anything to try it with', () => {
    calls('unknown', UNKNOWN_IN_A_ROW);
    now += openFor() + UNTRIED_MS;
    expect(breaker.isOutOfOrder()).toBe(false);
    expect(isClosed()).toBe(false);
  });
});
