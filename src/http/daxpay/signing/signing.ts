import { timingSafeEqual } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import type { Members } from '../request/body.ts';
import { javaDateTime } from '../request/expired-time.ts';
import { plainDecimal } from './plain-decimal.ts';
import { digest, type SignSettings } from './sign-type.ts';

export type { SignSettings };

/** How a generation writes the string to sign. */
export interface Dialect {
  /** A number as it is signed, from the received digits. */
  writeNumber(digits: string): string;
  /** Transforms the whole string, including the secret. */
  finish(text: string): string;
}

/** DaxPay 2.x. */
export const asIs: Dialect = { writeNumber: (digits) => digits, finish: (text) => text };
/** DaxPay 3.0. */
export const upperCased: Dialect = { writeNumber: plainDecimal, finish: (text) => text.toUpperCase() };

/** The signature over all members that are not null, in lower-case hex. */
export function sign(members: Members, settings: SignSettings, dialect: Dialect = asIs): string {
  return digest(stringToSign(members, settings.signSecret, dialect), settings).toString('hex');
}

/**
 * True if `members.sign` is the signature over the other members as received, whatever fields a client sends. Hex in either
 * case; the comparison takes constant time.
 *
 * `expiredTime` may be signed as the number it is, or as the date-time object that DaxPay 2.0.6's and 2.0.8's SDKs sign
 * while they send epoch milliseconds.
 */
export function isSigned(members: Members, settings: SignSettings, dialect: Dialect = asIs): boolean {
  const given = members.sign;
  if (typeof given !== 'string' || !/^[0-9a-f]*$/i.test(given)) return false;
  const signature = Buffer.from(given, 'hex');
  const verifies = (spelling: Members) => {
    const expected = digest(stringToSign(spelling, settings.signSecret, dialect), settings);
    return given.length === expected.length * 2 && timingSafeEqual(signature, expected);
  };
  if (verifies(members)) return true;
  const dateTime = javaDateTime(members.expiredTime);
  return dateTime !== null && verifies({ ...members, expiredTime: dateTime });
}

/**
 * DaxPay's string to sign: the members that are not null, except `sign`, as `name=value` in ASCII order; every `"` and `\`
 * deleted; then the secret. Empty strings are included. The request's path is not.
 */
export function stringToSign(members: Members, secret: string, dialect: Dialect = asIs): string {
  const pairs = signedEntries(members, dialect)
    .filter(([name]) => name !== 'sign')
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, value]) => `${name}=${value}`);
  return dialect.finish(`${unquoted(pairs.join('&'))}&key=${secret}`);
}

function signedEntries(members: object, dialect: Dialect): [name: string, text: string][] {
  return Object.entries(members).flatMap(([name, value]) => {
    const text = textOf(value, dialect);
    return text === null ? [] : [[name, text]];
  });
}

/** A value as it is signed; null if it is omitted. */
function textOf(value: unknown, dialect: Dialect): string | null {
  if (value === null || value === undefined) return null;
  if (isLosslessNumber(value)) return dialect.writeNumber(value.value);
  if (Array.isArray(value)) return value.length === 0 ? null : `[${elementsOf(value, dialect).join(',')}]`;
  return typeof value === 'object' ? sortedJson(value, dialect) : String(value);
}

function elementsOf(array: unknown[], dialect: Dialect): string[] {
  return array.flatMap((element) => {
    const text = textOf(element, dialect);
    if (text === null) return [];
    return isPlainObject(element) ? [text] : [jsonOf(text)];
  });
}

/** Compact JSON, keys sorted case-insensitively, every value a string. */
function sortedJson(object: object, dialect: Dialect): string {
  const members = signedEntries(object, dialect)
    .toSorted(([a], [b]) => compare(a.toLowerCase(), b.toLowerCase()))
    .map(([name, text]) => `${jsonOf(name)}:${jsonOf(text)}`);
  return `{${members.join(',')}}`;
}

/** A JSON string without its quotes and backslashes, which are deleted in the end anyway: they would double per nesting level. */
function jsonOf(text: string): string {
  return unquoted(JSON.stringify(text));
}

function unquoted(text: string): string {
  return text.replace(/["\\]/g, '');
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value) && !isLosslessNumber(value);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
