import type { KeyObject } from 'node:crypto';
import { isSignatureOf, type Signed, signedBytes, textHeaders } from '../../adapter/signature.ts';

/** Older or newer signatures are rejected (WeChat Pay signature page). */
const MAX_SKEW_S = 300;
/** WeChat Pay sometimes sends an invalid signature, to test that it is checked (its SIGNTEST page). */
const SIGNTEST = 'WECHATPAY/SIGNTEST/';

/** Why an answer or a notification is not from WeChat Pay, or null if it is. The signature covers the raw body. */
export function distrust(
  publicKeys: Readonly<Record<string, KeyObject>>,
  signed: Signed,
  now: Date,
): string | null {
  const texts = textHeaders(signed, 'wechatpay-', ['timestamp', 'nonce', 'signature', 'serial']);
  if (texts === null) return 'without a signature';
  const { timestamp, nonce, signature, serial } = texts;
  if (!/^\d{1,12}$/.test(timestamp)) return 'malformed timestamp';
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > MAX_SKEW_S)
    return 'signed too long ago, or clocks differ';
  if (signature.startsWith(SIGNTEST)) return 'signature test';
  const key = Object.hasOwn(publicKeys, serial) ? publicKeys[serial] : undefined;
  if (key === undefined) return 'signed with an unknown key';
  return isSignatureOf(signedBytes(timestamp, nonce, signed.body), signature, key) ? null : 'bad signature';
}
