const BEIJING_OFFSET_MS = 8 * 3_600_000;
const WALL_CLOCK = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
const DIGITS = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;
const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Formats `2026-01-01 10:00:00` for Alipay: Beijing time without an offset. Rounded down to the second. */
export function toBeijing(time: Date): string {
  return beijingIso(time).replace('T', ' ');
}

/** Null if it is not in this format, or a day that does not exist. */
export function fromBeijing(text: string): Date | null {
  return WALL_CLOCK.test(text) ? fromRfc3339(`${text.replace(' ', 'T')}+08:00`) : null;
}

/** Formats `20260101100000` for UnionPay: Beijing time in digits. Rounded down to the second. */
export function toBeijingDigits(time: Date): string {
  return beijingIso(time).replaceAll(/\D/g, '');
}

/** Null if it is not in this format, or a day that does not exist. */
export function fromBeijingDigits(text: string): Date | null {
  return DIGITS.test(text) ? fromBeijing(text.replace(DIGITS, '$1-$2-$3 $4:$5:$6')) : null;
}

/** Formats `2026-01-01T10:00:00+08:00` for WeChat Pay. Rounded down to the second. */
export function toRfc3339(time: Date): string {
  return `${beijingIso(time)}+08:00`;
}

/** Accepts any offset. Null if it is not in this format, or a day that does not exist. */
export function fromRfc3339(text: string): Date | null {
  const [, wallClock, sign, hours = '0', minutes = '0'] = RFC3339.exec(text) ?? [];
  if (wallClock === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return null;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return isoSecond(time, offsetMs) === wallClock ? time : null;
}

function beijingIso(time: Date): string {
  return isoSecond(time, BEIJING_OFFSET_MS);
}

function isoSecond(time: Date, offsetMs: number): string {
  return new Date(time.getTime() + offsetMs).toISOString().slice(0, 19);
}
