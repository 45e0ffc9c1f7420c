import { expect, test } from 'vitest';
import { newOrderNo } from '../../../src/order/create/order-no.ts';

test('order numbers are letters and digits, fit every channel and are no ids', () => {
  expect(newOrderNo(new Date())).toMatch(/^AC\d{17}[0-9A-Z]{10}$/);
});

test('order numbers sort by time', () => {
  const times = [0, 1, 999, 1_000, 86_400_000].map((ms) => new Date(Date.UTC(2026, 0, 1) + ms));
  const numbers = times.map(newOrderNo);
  expect([...numbers].sort((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
});

test('numbers made in the same millisecond differ', () => {
  const now = new Date();
  expect(new Set(Array.from({ length: 10_000 }, () => newOrderNo(now))).size).toBe(10_000);
});
