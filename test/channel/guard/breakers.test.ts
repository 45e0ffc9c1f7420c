import { beforeEach, describe, expect, test } from 'vitest';
import type { PayMethod } from '../../../src/channel/channel.ts';
import {
  MISCONFIGURED_IN_A_ROW,
  PROBE_EVERY_MS,
  UNKNOWN_IN_A_ROW,
} from '../../../src/channel/guard/breaker.ts';
import { type Breakers, createBreakers } from '../../../src/channel/guard/breakers.ts';
import { nameOfPart, type Operation, type Work } from '../../../src/channel/parts.ts';

let now: number;
let said: string[];
let breakers: Breakers;
let orders: number;
beforeEach(() => {
  now = 1_000_000;
  orders = 0;
  said = [];
  breakers = createBreakers(
    () => now,
    (part) => ({
      opened: (reason) => said.push(`${nameOfPart(part)} ${reason}`),
      stillOpen: (reason) => said.push(`${nameOfPart(part)} still ${reason}`),
      closed: () => said.push(`${nameOfPart(part)} works`),
    }),
  );
});

interface Calls {
  method?: PayMethod;
  count?: number;
  answered?: boolean;
}

/** Calls for `count` different orders, each with result `kind`. */
function calls(
  operation: Operation,
  kind: string,
  { method = 'qrcode', count = 1, answered = false }: Calls = {},
) {
  for (let call = 0; call < count; call += 1) {
    orders += 1;
    breakers.note({ operation, method, kind, answered, orderNo: `A${orders}`, answer: '' });
  }
}
const goesOn = (work: Work, method: PayMethod = 'qrcode') => breakers.lookAt(work, method) === null;

describe('a breaker blocks the failing operation and those that need it', () => {
  test('a method without permission: only its creation', () => {
    calls('create', 'misconfigured', { method: 'wap', count: MISCONFIGURED_IN_A_ROW });
    expect(goesOn('create', 'wap')).toBe(false);
    expect(breakers.refuses('create', 'wap')).toBe(true);
    for (const work of ['ask', 'close', 'refund'] as const) expect(goesOn(work, 'wap')).toBe(true);
    expect(goesOn('create', 'qrcode')).toBe(true);
    expect(said).toEqual(['create wap misconfigured']);
  });

  test.each(['misconfigured', 'unknown'])('refunds (%s): neither creations nor closes', (kind) => {
    calls('refund', kind, { count: UNKNOWN_IN_A_ROW });
    calls('query_refund', kind, { count: UNKNOWN_IN_A_ROW });
    for (const work of ['refund', 'cancel'] as const) {
      expect(goesOn(work)).toBe(false);
      expect(breakers.lookAt(work, 'qrcode')?.isWhole).toBe(false);
    }
    for (const work of ['create', 'ask', 'close'] as const) expect(goesOn(work)).toBe(true);
    expect(said).toEqual([`refund ${kind}`, `query_refund ${kind}`]);
  });

  test('unanswered closes, while queries are answered: only closes', () => {
    for (let order = 0; order < UNKNOWN_IN_A_ROW; order += 1) {
      calls('close', 'unknown');
      calls('query', 'unpaid');
    }
    expect(breakers.lookAt('close', 'qrcode')).toMatchObject({ forMs: 5_000, isWhole: false });
    expect(goesOn('close', 'barcode')).toBe(true);
    expect(goesOn('create')).toBe(true);
    expect(goesOn('ask')).toBe(true);
  });

  test('the query: everything that needs a query', () => {
    calls('query', 'misconfigured', { count: MISCONFIGURED_IN_A_ROW });
    for (const work of ['ask', 'close', 'void', 'cancel', 'refund'] as const)
      expect(breakers.lookAt(work, 'app')?.isWhole).toBe(true);
    expect(goesOn('create')).toBe(true);
  });

  test('the whole channel, reported once, if two of creation, query and close are unanswered', () => {
    for (let order = 0; order < UNKNOWN_IN_A_ROW; order += 1) {
      calls('close', 'unknown', { method: 'app' });
      calls('query', 'unknown', { method: 'app' });
    }
    expect(said).toEqual(['all unknown']);
    for (const work of ['create', 'ask', 'close', 'refund'] as const) {
      expect(breakers.lookAt(work, 'wap')).toMatchObject({ forMs: 5_000, isWhole: true });
      expect(breakers.refuses('create', 'wap')).toBe(true);
    }
  });

  test.each(['unpaid', 'misconfigured', 'refused'])('not the whole channel with %s in between', (kind) => {
    for (let order = 0; order < 3 * UNKNOWN_IN_A_ROW; order += 1) {
      calls('close', 'unknown');
      calls('query', 'unknown');
      if (order % 2 === 0) calls('create', kind, { method: order % 4 === 0 ? 'app' : 'wap' });
    }
    expect(said).not.toContain('all unknown');
    expect(goesOn('create', 'jsapi')).toBe(true);
  });

  test('nothing, after answers with an unknown code', () => {
    for (const operation of ['create', 'query', 'close', 'refund'] as const)
      calls(operation, 'unknown', { count: 20, answered: true });
    expect(said).toEqual([]);
  });
});

describe('a probe', () => {
  test('is admitted one at a time per operation, for all operations of the work at once', () => {
    calls('close', 'misconfigured', { count: MISCONFIGURED_IN_A_ROW });
    now += 30_000;
    calls('query', 'misconfigured', { count: MISCONFIGURED_IN_A_ROW });
    now += 30_000;
    // The close can be probed, but its query cannot yet.
    expect(breakers.admit('close', 'qrcode')).toMatchObject({ forMs: 30_000, sinceMs: 60_000 });
    now += 30_000;
    expect(breakers.admit('close', 'qrcode')).toBeNull();
    expect(breakers.refuses('close', 'qrcode')).toBe(false);
    expect(breakers.admit('close', 'qrcode')).toMatchObject({ forMs: PROBE_EVERY_MS });
    expect(breakers.admit('ask', 'qrcode')).toMatchObject({ forMs: PROBE_EVERY_MS });
    calls('close', 'accepted');
    calls('query', 'closed');
    expect(goesOn('close')).toBe(true);
    expect(said.slice(2)).toEqual(['close qrcode works', 'query works']);
  });

  test('of the whole channel succeeds with any operation', () => {
    for (let order = 0; order < UNKNOWN_IN_A_ROW; order += 1) {
      calls('create', 'unknown');
      calls('query', 'unknown');
    }
    now += 5_000;
    expect(breakers.admit('create', 'qrcode')).toBeNull();
    calls('create', 'misconfigured');
    expect(said).toEqual(['all unknown', 'all works']);
    expect(goesOn('close')).toBe(true);
  });

  test('by a refund whose service is down leaves the probe to the next call', () => {
    for (let order = 0; order < UNKNOWN_IN_A_ROW; order += 1) {
      calls('create', 'unknown');
      calls('query', 'unknown');
    }
    now += 5_000;
    expect(breakers.admit('refund', 'qrcode')).toBeNull();
    calls('refund', 'unknown');
    now += PROBE_EVERY_MS;
    expect(breakers.admit('create', 'qrcode')).toBeNull();
    calls('create', 'created');
    expect(said).toEqual(['all unknown', 'all works']);
  });
});

test('the report lists open breakers that were tried recently', () => {
  calls('create', 'misconfigured', { method: 'wap', count: MISCONFIGURED_IN_A_ROW });
  expect(breakers.outOfOrder()).toEqual([{ part: { operation: 'create', method: 'wap' }, forMs: 60_000 }]);
  now += 10 * 60_000;
  expect(breakers.outOfOrder()).toEqual([]);
});
