/** Throws a TypeError unless it is a whole, positive number of fen that JavaScript can represent exactly. */
export function assertFen(amountFen: number): void {
  if (!Number.isSafeInteger(amountFen) || amountFen <= 0)
    throw new TypeError('amountFen must be a positive integer');
}

/** Fen as yuan without floating point and without trailing zeros: 10010 is `100.1`. */
export function yuanOfFen(amountFen: number): string {
  const digits = String(amountFen).padStart(3, '0');
  return withoutTrailingZeros(`${digits.slice(0, -2)}.${digits.slice(-2)}`);
}

/** Yuan as fen. Null if it is not an amount, or not a whole number of fen. */
export function fenOfYuan(yuan: string): number | null {
  const parts = /^(\d{1,14})(?:\.(\d\d?)0*)?$/.exec(yuan);
  return parts === null ? null : readFen(`${parts[1]}${(parts[2] ?? '').padEnd(2, '0')}`);
}

/** Fen in digits. Null if it is not an amount, or too large for JavaScript to represent exactly. */
export function readFen(digits: string): number | null {
  if (!/^\d+$/.test(digits)) return null;
  const fen = Number(digits);
  return Number.isSafeInteger(fen) ? fen : null;
}

/** A decimal as DaxPay 3.0 signs it: `100.10` is `100.1`. Other forms of numbers are unchanged. */
export function withoutTrailingZeros(number: string): string {
  if (!/^-?\d+\.\d+$/.test(number)) return number;
  let end = number.length;
  while (number[end - 1] === '0') end -= 1;
  return number.slice(0, number[end - 1] === '.' ? end - 1 : end);
}
