const BEIJING_OFFSET_MS = 8 * 3600_000;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const WALL_CLOCK = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/** `2026-01-01T10:00:00+08:00`, as WeChat Pay writes times. */
export function toRfc3339(ms: number): string {
  return `${new Date(ms + BEIJING_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}

/** Milliseconds, or null if it is not an RFC 3339 time. */
export function fromRfc3339(text: string): number | null {
  const ms = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** `2026-01-01 10:00:00`, Beijing time without an offset, as Alipay writes times. */
export function toBeijing(ms: number): string {
  return toRfc3339(ms).slice(0, 19).replace('T', ' ');
}

/** Milliseconds, or null if it is not such a time. Alipay reads every time as Beijing time. */
export function fromBeijing(text: string): number | null {
  return WALL_CLOCK.test(text) ? fromRfc3339(`${text.replace(' ', 'T')}+08:00`) : null;
}

const DIGITS = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

/** `20260101100000`, Beijing time, as UnionPay writes times. */
export function toBeijingDigits(ms: number): string {
  return toBeijing(ms).replaceAll(/\D/g, '');
}

/** Milliseconds, or null if it is not such a time. */
export function fromBeijingDigits(text: string): number | null {
  return DIGITS.test(text) ? fromBeijing(text.replace(DIGITS, '$1-$2-$3 $4:$5:$6')) : null;
}
