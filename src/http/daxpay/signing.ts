import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import type { Members } from './body.ts';
import { javaDateTime } from './expired-time.ts';

export type SignType = 'MD5' | 'HMAC_SHA256';

export interface SignSettings {
  signType: SignType;
  signSecret: string;
}

const digests = {
  MD5: (text) => createHash('md5').update(text, 'utf8').digest(),
  HMAC_SHA256: (text, secret) => createHmac('sha256', secret).update(text, 'utf8').digest(),
} satisfies Record<SignType, (text: string, secret: string) => Buffer>;

/** The signature over every member that is there, in lower-case hex. */
export function sign(members: Members, settings: SignSettings): string {
  return digest(stringToSign(members, settings.signSecret), settings).toString('hex');
}

/**
 * True if `members.sign` is the signature over the other members as they were received: whatever fields a
 * client sends and signs take part. Hex of either case; the comparison takes constant time.
 *
 * `expiredTime` may be signed as the number it is, or as the date-time object that DaxPay 2.0.6's SDK signs
 * while it sends epoch milliseconds.
 */
export function isSigned(members: Members, settings: SignSettings): boolean {
  const given = members.sign;
  if (typeof given !== 'string' || !/^[0-9a-f]*$/i.test(given)) return false;
  const signature = Buffer.from(given, 'hex');
  const verifies = (spelling: Members) => {
    const expected = digest(stringToSign(spelling, settings.signSecret), settings);
    return given.length === expected.length * 2 && timingSafeEqual(signature, expected);
  };
  if (verifies(members)) return true;
  const dateTime = javaDateTime(members.expiredTime);
  return dateTime !== null && verifies({ ...members, expiredTime: dateTime });
}

/**
 * DaxPay 2.0.6's string to sign: members that are not null, but for `sign`, as `name=value` in ASCII order; every
 * `"` and `\` deleted; then the secret. An empty string is a value. The request's path takes no part.
 */
export function stringToSign(members: Members, secret: string): string {
  const pairs = signedEntries(members)
    .filter(([name]) => name !== 'sign')
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, value]) => `${name}=${value}`);
  return `${pairs.join('&').replace(/["\\]/g, '')}&key=${secret}`;
}

function digest(text: string, { signType, signSecret }: SignSettings): Buffer {
  return digests[signType](text, signSecret);
}

function signedEntries(members: object): [name: string, text: string][] {
  return Object.entries(members).flatMap(([name, value]) => {
    const text = textOf(value);
    return text === null ? [] : [[name, text]];
  });
}

/** A value as it is signed; null if it takes no part. Numbers digit for digit as received. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (isLosslessNumber(value)) return value.value;
  if (Array.isArray(value)) return value.length === 0 ? null : `[${elementsOf(value).join(',')}]`;
  return typeof value === 'object' ? sortedJson(value) : String(value);
}

function elementsOf(array: unknown[]): string[] {
  return array.flatMap((element) => {
    const text = textOf(element);
    if (text === null) return [];
    return isPlainObject(element) ? [text] : [JSON.stringify(text)];
  });
}

/** Compact JSON, keys sorted without regard to case, every value a string. */
function sortedJson(object: object): string {
  const members = signedEntries(object)
    .toSorted(([a], [b]) => compare(a.toLowerCase(), b.toLowerCase()))
    .map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`);
  return `{${members.join(',')}}`;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value) && !isLosslessNumber(value);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
