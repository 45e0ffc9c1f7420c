import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fenToYuan, yuanToFen } from '../../../src/channel/built-in/alipay/yuan.ts';

test.each([
  [0, '0.00'],
  [1, '0.01'],
  [29, '0.29'],
  [100, '1.00'],
  [1234, '12.34'],
  [10_000_000_000, '100000000.00'],
])('%d fen is %s yuan, in both directions', (fen, yuan) => {
  expect(fenToYuan(fen)).toBe(yuan);
  expect(yuanToFen(yuan)).toBe(fen);
});

test('every amount survives a round trip', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (fen) => yuanToFen(fenToYuan(fen)) === fen));
});

test('fewer decimals are parsed as well', () => {
  expect(yuanToFen('12')).toBe(1200);
  expect(yuanToFen('12.3')).toBe(1230);
});

test.each([
  '',
  '.',
  '1.',
  '.5',
  '1.234',
  '-1.00',
  '+1',
  '01.00',
  '1,000.00',
  '1e2',
  ' 1',
  '1 ',
  '１.00',
  'NaN',
  '9'.repeat(20),
])('%j is not an amount', (text) => {
  expect(yuanToFen(text)).toBeNull();
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])('%d is not a number of fen', (fen) => {
  expect(() => fenToYuan(fen)).toThrow('no amount in fen');
});
