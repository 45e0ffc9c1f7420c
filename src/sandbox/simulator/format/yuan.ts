const YUAN = /^(\d{1,9})(?:\.(\d{1,2}))?$/;

/** `1234` -> `12.34` */
export function toYuan(fen: number): string {
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

/** Fen, or null if it is not an amount in yuan. Works on digits, because 0.29 * 100 is not 29. */
export function fromYuan(text: string): number | null {
  const [, whole, cents = ''] = YUAN.exec(text) ?? [];
  return whole === undefined ? null : Number(whole) * 100 + Number(cents.padEnd(2, '0'));
}
