/**
 * DaxPay's signatures, on the client's side. The server has its own implementation, deliberately without shared code: the
 * client can be used without the server, and each verifies the other.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Json, JsonNumber, type Received } from '../values/json.ts';

export type SignType = 'MD5' | 'HMAC_SHA256' | 'SM3';

export interface SignSettings {
  signType: SignType;
  signSecret: string;
}

/** How the generations differ. */
export interface SignRule {
  /** The string to sign, including the secret, is converted to upper case. */
  upperCase: boolean;
  /** A nested object keeps the order of its members; otherwise they are sorted case-insensitively. */
  nestedInOrder: boolean;
}

/** Any value of a request or an answer. */
export type Signable = Json | Received;
export type SignableObject = Readonly<Record<string, Signable>>;

const digests = {
  MD5: (text) => createHash('md5').update(text, 'utf8').digest(),
  HMAC_SHA256: (text, secret) => createHmac('sha256', secret).update(text, 'utf8').digest(),
  SM3: (text) => createHash('sm3').update(text, 'utf8').digest(),
} satisfies Record<SignType, (text: string, secret: string) => Buffer>;

/** The signature over all members except `sign`, in lower-case hex. */
export function sign(members: SignableObject, rule: SignRule, settings: SignSettings): string {
  return digest(members, rule, settings).toString('hex');
}

/** True if `members.sign` is the signature over the other members as received. Constant time. */
export function isSigned(members: SignableObject, rule: SignRule, settings: SignSettings): boolean {
  const { sign: given } = members;
  if (typeof given !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(given)) return false;
  const signature = Buffer.from(given, 'hex');
  const expected = digest(members, rule, settings);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

/**
 * The members that are not null, except `sign`, as `name=value` in ASCII order; every `"` and `\` deleted; then the secret.
 * Empty strings are included, empty arrays are not.
 */
export function stringToSign(members: SignableObject, rule: SignRule, secret: string): string {
  const pairs = Object.entries(members)
    .filter(([name, value]) => name !== 'sign' && isIncluded(value))
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, value]) => `${name}=${textOf(value, rule)}`);
  const text = `${pairs.join('&').replace(/["\\]/g, '')}&key=${secret}`;
  return rule.upperCase ? text.toUpperCase() : text;
}

function digest(members: SignableObject, rule: SignRule, settings: SignSettings): Buffer {
  return digests[settings.signType](stringToSign(members, rule, settings.signSecret), settings.signSecret);
}

/** Quotes and backslashes are deleted later, so it does not matter which values are quoted. */
function textOf(value: Signable, rule: SignRule): string {
  if (value instanceof JsonNumber) return value.digits;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isArray(value)) return `[${value.filter(isIncluded).map((each) => inJson(each, rule))}]`;
  const members = Object.entries(value).filter(([, each]) => isIncluded(each));
  if (!rule.nestedInOrder) members.sort(([a], [b]) => compare(a.toLowerCase(), b.toLowerCase()));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${inJson(each, rule)}`)}}`;
}

/** A string inside JSON is escaped: a line feed is signed as `n`, since its backslash is deleted. */
function inJson(value: Signable, rule: SignRule): string {
  return typeof value === 'string' ? JSON.stringify(value) : textOf(value, rule);
}

function isIncluded(value: Signable): boolean {
  return value !== null && !(isArray(value) && value.length === 0);
}

function isArray(value: Signable): value is readonly Received[] {
  return Array.isArray(value);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
