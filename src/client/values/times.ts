const BEIJING_OFFSET_MS = 8 * 3_600_000;

/** `yyyy-MM-dd HH:mm:ss` in Beijing time, which has no daylight saving. */
export function beijingTime(date: Date): string {
  return new Date(date.getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** Null if it is not such a time. */
export function readBeijingTime(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null;
  return validOrNull(new Date(`${text.replace(' ', 'T')}+08:00`));
}

/** Whole seconds since 1970, as digits. */
export function epochSeconds(date: Date): string {
  return String(Math.floor(date.getTime() / 1000));
}

/** Up to ten digits are seconds, thirteen are milliseconds. Null for anything else. */
export function readEpoch(digits: string): Date | null {
  if (/^\d{1,10}$/.test(digits)) return new Date(Number(digits) * 1000);
  return /^\d{13}$/.test(digits) ? new Date(Number(digits)) : null;
}

/** Throws a TypeError for an invalid Date. */
export function assertDate(date: Date): void {
  if (validOrNull(date) === null) throw new TypeError('a Date must be valid');
}

function validOrNull(date: Date): Date | null {
  return Number.isNaN(date.getTime()) ? null : date;
}
