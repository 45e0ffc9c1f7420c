import { describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../src/order/order.ts';
import { type Customer, customers, pays } from '../../src/sandbox/quickstart/scenario.ts';
import { endedRight, summarize, type Watched } from '../../src/sandbox/quickstart/summary.ts';
import { renderTable } from '../../src/sandbox/quickstart/table.ts';
import type { OrderSnapshot } from '../../src/sandbox/simulator/snapshot.ts';

const expiresAt = new Date(1_000_000);
function watched(
  does: Customer['does'],
  status: PaymentOrder['status'],
  atGateway: { paidAt: Date | null; payable: boolean },
  lateMs = 0,
): Watched {
  return {
    customer: { channel: 'wechat_pay', does, beforeExpiryMs: 0 },
    order: {
      orderNo: 'AC20260101000000000ABCDEFGHJK',
      channel: 'wechat_pay',
      status,
      expiresAt,
      closedAt: status === 'close' ? new Date(expiresAt.getTime() + lateMs) : null,
    } as PaymentOrder,
    atGateway: atGateway as OrderSnapshot,
    notified: status === 'progress' ? null : status,
  };
}
const paidThere = { paidAt: expiresAt, payable: false };
const closedThere = { paidAt: null, payable: false };
const payableThere = { paidAt: null, payable: true };

describe('an order of the quickstart has ended correctly', () => {
  test.each([
    ['pays', 'success', paidThere, true],
    ['pays_last_moment', 'success', paidThere, true],
    ['nothing', 'close', closedThere, true],
    ['scans', 'close', closedThere, true],
    ['pays', 'close', paidThere, false],
    ['pays', 'success', closedThere, false],
    ['nothing', 'close', payableThere, false],
    ['nothing', 'close', paidThere, false],
    ['nothing', 'progress', payableThere, false],
    ['nothing', 'success', paidThere, false],
  ] as const)('customer %s, here %s, there %o: %s', (does, status, atGateway, right) => {
    expect(endedRight(watched(does, status, atGateway))).toBe(right);
  });

  test('not if the gateway does not know it', () => {
    expect(endedRight({ ...watched('nothing', 'close', closedThere), atGateway: null })).toBe(false);
  });
});

test('the summary counts both sides and measures lateness from the expiry', () => {
  const all = [
    watched('pays', 'success', paidThere),
    ...[100, 200, 300].map((lateMs) => watched('nothing', 'close', closedThere, lateMs)),
    watched('nothing', 'close', payableThere, 400),
  ];
  expect(summarize(all)).toEqual({
    orders: 5,
    paid: 1,
    closed: 4,
    wrong: 1,
    notified: 5,
    latenessMs: { p50: 200, p99: 400, max: 400 },
  });
});

test('twenty customers, half per channel; some pay, one at the very last moment, most do not', () => {
  const all = customers();
  expect(all).toHaveLength(20);
  expect(all.filter(({ channel }) => channel === 'ali_pay')).toHaveLength(10);
  expect(all.filter(pays).length).toBeGreaterThan(3);
  expect(all.filter(pays).length).toBeLessThan(10);
  expect(all.filter(({ does }) => does === 'pays_last_moment')).toHaveLength(1);
});

test('no line of the table exceeds 80 columns; an order that does not end is marked wrong', () => {
  const all = [
    watched('gives_up', 'close', closedThere, 99_999),
    watched('nothing', 'progress', payableThere),
  ];
  const lines = renderTable(all, new Date(expiresAt.getTime() + 60_000), { isLive: false });
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(lines.at(-1)).toMatch(/waiting +WRONG$/);
});
