import { isLosslessNumber } from 'lossless-json';

const BEIJING_OFFSET_MS = 8 * 3_600_000;

/**
 * Parses `expiredTime`: epoch seconds (10 digits) as documented for DaxPay 2.0.6, or milliseconds (13 digits) as sent by its
 * SDK and 2.0.8's. Null for anything else.
 */
export function readExpiredTime(digits: string): Date | null {
  if (/^\d{10}$/.test(digits)) return new Date(Number(digits) * 1000);
  if (/^\d{13}$/.test(digits)) return new Date(Number(digits));
  return null;
}

/**
 * What the SDKs of DaxPay 2.0.6 and 2.0.8 sign instead of the milliseconds they send: their date-time object field by field,
 * in Beijing time. Null if `value` is not milliseconds.
 */
export function javaDateTime(value: unknown): string | null {
  const digits = isLosslessNumber(value) ? value.value : value;
  if (typeof digits !== 'string' || !/^\d{13}$/.test(digits)) return null;
  const local = new Date(Number(digits) + BEIJING_OFFSET_MS);
  const fields = {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    nano: local.getUTCMilliseconds() * 1_000_000,
  };
  return `{${Object.entries(fields)
    .map(([name, number]) => `${name}:${number}`)
    .join(',')}}`;
}
