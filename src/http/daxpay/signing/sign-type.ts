import { createHash, createHmac, getHashes } from 'node:crypto';

export const signTypes = ['MD5', 'HMAC_SHA256', 'SM3'] as const;
export type SignType = (typeof signTypes)[number];

export interface SignSettings {
  signType: SignType;
  signSecret: string;
}

const digests = {
  MD5: (text) => createHash('md5').update(text, 'utf8').digest(),
  HMAC_SHA256: (text, secret) => createHmac('sha256', secret).update(text, 'utf8').digest(),
  SM3: (text) => createHash('sm3').update(text, 'utf8').digest(),
} satisfies Record<SignType, (text: string, secret: string) => Buffer>;

export function digest(text: string, { signType, signSecret }: SignSettings): Buffer {
  return digests[signType](text, signSecret);
}

/**
 * Why this sign type cannot be used here, or null. Check it once at start: on a Node.js whose OpenSSL lacks SM3 every request
 * would fail.
 */
export function signTypeProblem(
  signType: SignType,
  available: readonly string[] = getHashes(),
): string | null {
  if (signType !== 'SM3' || available.includes('sm3')) return null;
  return `this Node.js (${process.version}) was built with an OpenSSL without SM3`;
}
