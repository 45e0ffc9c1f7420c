import { type KeyObject, verify } from 'node:crypto';

/** Older or newer signatures are rejected (WeChat Pay signature page). */
const MAX_SKEW_S = 300;
/** WeChat Pay sometimes sends an invalid signature, to test that it is checked (its SIGNTEST page). */
const SIGNTEST = 'WECHATPAY/SIGNTEST/';

/** What WeChat Pay has signed: an answer or a notification, with its body as it came. */
export interface Signed {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** Why an answer or a notification is not from WeChat Pay, or null if it is. The signature covers the raw body. */
export function distrust(
  publicKeys: Readonly<Record<string, KeyObject>>,
  { headers, body }: Signed,
  now: Date,
): string | null {
  const [timestamp, nonce, signature, serial] = ['timestamp', 'nonce', 'signature', 'serial'].map(
    (name) => headers[`wechatpay-${name}`],
  );
  if (!isText(timestamp) || !isText(nonce) || !isText(signature) || !isText(serial)) {
    return 'without a signature';
  }
  if (!/^\d{1,12}$/.test(timestamp)) return 'malformed timestamp';
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > MAX_SKEW_S)
    return 'signed too long ago, or clocks differ';
  if (signature.startsWith(SIGNTEST)) return 'signature test';
  const key = Object.hasOwn(publicKeys, serial) ? publicKeys[serial] : undefined;
  if (key === undefined) return 'signed with an unknown key';
  const text = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
  return verify('sha256', text, key, Buffer.from(signature, 'base64')) ? null : 'bad signature';
}

function isText(value: string | string[] | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
