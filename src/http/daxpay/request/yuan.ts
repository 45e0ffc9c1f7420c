import assert from 'node:assert/strict';

/** At most two significant decimals; trailing zeros are allowed. */
const YUAN = /^(\d+)(?:\.(\d{1,2})0*)?$/;

/** `10010` becomes `100.1`: no trailing zeros, as DaxPay 3.0 signs amounts. Digit by digit, never by division. */
export function fenToYuan(fen: number): string {
  assert(Number.isSafeInteger(fen) && fen >= 0, `${fen} is not an amount in fen`);
  const digits = String(fen).padStart(3, '0');
  const decimals = digits.slice(-2).replace(/0+$/, '');
  return decimals === '' ? digits.slice(0, -2) : `${digits.slice(0, -2)}.${decimals}`;
}

/**
 * Fen; null if it is not an amount in yuan. Digit by digit, because 0.29 * 100 is not 29. Too many digits give a number that
 * is too large to be accepted, never a small one.
 */
export function yuanToFen(yuan: string): number | null {
  const [, whole, decimals = ''] = YUAN.exec(yuan) ?? [];
  return whole === undefined ? null : Number(whole + decimals.padEnd(2, '0'));
}
