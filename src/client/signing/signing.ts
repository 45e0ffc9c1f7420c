/**
 * DaxPay's signatures, from the client's side. The server has its own implementation, and the two share no code on
 * purpose: the client can be used without the server, and each is the other's check.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Json, JsonNumber, type Received } from '../values/json.ts';

export type SignType = 'MD5' | 'HMAC_SHA256' | 'SM3';

export interface SignSettings {
  signType: SignType;
  signSecret: string;
}

/** How a generation differs from the others. */
export interface SignRule {
  /** The whole string is signed in upper case, the secret included. */
  upperCase: boolean;
  /** A nested object keeps the order of its members; otherwise they are sorted without regard to case. */
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

/** The signature over all members but `sign`, in lower-case hex. */
export function sign(members: SignableObject, rule: SignRule, settings: SignSettings): string {
  return digest(members, rule, settings).toString('hex');
}

/** True if `members.sign` is the signature over the other members as received. Takes constant time. */
export function isSigned(members: SignableObject, rule: SignRule, settings: SignSettings): boolean {
  const { sign: given } = members;
  if (typeof given !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(given)) return false;
  const signature = Buffer.from(given, 'hex');
  const expected = digest(members, rule, settings);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

/**
 * Members that are not null, but for `sign`, as `name=value` in ASCII order; every `"` and `\` deleted; then the
 * secret. An empty string is a value, an empty array is none.
 */
export function stringToSign(members: SignableObject, rule: SignRule, secret: string): string {
  const pairs = Object.entries(members)
    .filter(([name, value]) => name !== 'sign' && takesPart(value))
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, value]) => `${name}=${textOf(value, rule)}`);
  const text = `${pairs.join('&').replace(/["\\]/g, '')}&key=${secret}`;
  return rule.upperCase ? text.toUpperCase() : text;
}

function digest(members: SignableObject, rule: SignRule, settings: SignSettings): Buffer {
  return digests[settings.signType](stringToSign(members, rule, settings.signSecret), settings.signSecret);
}

/** Quotes and backslashes are deleted later, so it does not matter which of the values are in quotes. */
function textOf(value: Signable, rule: SignRule): string {
  if (value instanceof JsonNumber) return value.digits;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isArray(value)) return `[${value.filter(takesPart).map((each) => inJson(each, rule))}]`;
  const members = Object.entries(value).filter(([, each]) => takesPart(each));
  if (!rule.nestedInOrder) members.sort(([a], [b]) => compare(a.toLowerCase(), b.toLowerCase()));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${inJson(each, rule)}`)}}`;
}

/** A string inside of JSON has its escapes: a line feed is signed as `n`, since its backslash is deleted. */
function inJson(value: Signable, rule: SignRule): string {
  return typeof value === 'string' ? JSON.stringify(value) : textOf(value, rule);
}

function takesPart(value: Signable): boolean {
  return value !== null && !(isArray(value) && value.length === 0);
}

function isArray(value: Signable): value is readonly Received[] {
  return Array.isArray(value);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
