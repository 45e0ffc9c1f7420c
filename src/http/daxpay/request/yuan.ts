import assert from 'node:assert/strict';

/** At most two decimals that count; zeros after them are the sender's habit. */
const YUAN = /^(\d+)(?:\.(\d{1,2})0*)?$/;

/** `10010` becomes `100.1`: no trailing zeros, as DaxPay 3.0 signs amounts. By digits, never by division. */
export function fenToYuan(fen: number): string {
  assert(Number.isSafeInteger(fen) && fen >= 0, `${fen} is no amount in fen`);
  const digits = String(fen).padStart(3, '0');
  const decimals = digits.slice(-2).replace(/0+$/, '');
  return decimals === '' ? digits.slice(0, -2) : `${digits.slice(0, -2)}.${decimals}`;
}

/**
 * Fen; null if it is no amount in yuan. By digits, because 0.29 * 100 is not 29. More digits than an integer can
 * count come out too large to be accepted, never small.
 */
export function yuanToFen(yuan: string): number | null {
  const [, whole, decimals = ''] = YUAN.exec(yuan) ?? [];
  return whole === undefined ? null : Number(whole + decimals.padEnd(2, '0'));
}
