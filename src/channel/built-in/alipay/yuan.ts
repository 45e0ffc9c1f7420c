import assert from 'node:assert/strict';

/** No leading zeros, no sign, at most two decimals; in fen a safe integer. */
const YUAN = /^(0|[1-9]\d{0,12})(?:\.(\d{1,2}))?$/;

/** `1234` becomes `12.34`. */
export function fenToYuan(fen: number): string {
  assert(Number.isSafeInteger(fen) && fen >= 0, `${fen} is no amount in fen`);
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Parses yuan into fen; null if it is not an amount. By digits, because 0.29 * 100 is not 29. */
export function yuanToFen(yuan: string): number | null {
  const [, whole, decimals = ''] = YUAN.exec(yuan) ?? [];
  return whole === undefined ? null : Number(whole + decimals.padEnd(2, '0'));
}
