import { expect, test } from 'vitest';
import { parseBody } from '../../../src/http/daxpay/request/body.ts';
import { yuanToFen } from '../../../src/http/daxpay/request/yuan.ts';
import { plainDecimal } from '../../../src/http/daxpay/signing/plain-decimal.ts';
import { stringToSign } from '../../../src/http/daxpay/signing/signing.ts';

const soon = 500;
function msOf(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

test('a decimal of 63 kB is written without quadratic cost', () => {
  const number = `0.${'0'.repeat(63_000)}1`;
  expect(msOf(() => plainDecimal(number))).toBeLessThan(soon);
  expect(msOf(() => yuanToFen(number))).toBeLessThan(soon);
  expect(plainDecimal(`1.5${'0'.repeat(100)}`)).toBe('1.5');
});

test('a number of 64 characters is accepted anywhere, a longer one is not', () => {
  const kindOf = (number: string) => parseBody(Buffer.from(`{"a":[${number}]}`)).kind;
  expect(kindOf('1'.repeat(64))).toBe('members');
  expect(kindOf('1'.repeat(65))).toBe('unreadable');
  expect(kindOf(`0.${'0'.repeat(63)}`)).toBe('unreadable');
});

test('quotes sixteen deep cost nothing', () => {
  const inner = `{${Array.from({ length: 3_000 }, (_, index) => `"a${index}":"b\\"c"`).join(',')}}`;
  const body = parseBody(Buffer.from(`{"a":${'{"a":'.repeat(14)}${inner}${'}'.repeat(14)}}`));
  if (body.kind === 'unreadable') throw new Error(body.message);
  expect(msOf(() => stringToSign(body.members, 'K'))).toBeLessThan(soon);
});

test('a string loses the same quotes and backslashes at any depth', () => {
  const text = 'x"\\y\n\u0001\ud83c"\udc04';
  const once = JSON.stringify(text).replace(/["\\]/g, '');
  expect(stringToSign({ o: { p: { q: [text] } } }, 'K')).toBe(`o={p:{q:[${once}]}}&key=K`);
});
