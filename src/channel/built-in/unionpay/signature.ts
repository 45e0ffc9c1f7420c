import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import type { CertificateCheck } from './certificate.ts';
import type { Fields } from './fields.ts';

/** The only supported method: RSA with certificates. */
export const SIGN_METHOD = '01';
export const VERSION = '5.1.0';

/**
 * The signed text in version 5.1.0: all non-empty fields except `signature`, with `certId` and `signPubKeyCert`,
 * sorted by name and joined; then its SHA-256 in lower-case hex. RSA-SHA256 signs this hex text, hashing it again.
 */
function signedText(fields: Fields): Buffer {
  const text = Object.entries(fields)
    .filter(([name, value]) => name !== 'signature' && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return Buffer.from(createHash('sha256').update(text).digest('hex'));
}

export function signatureOf(fields: Fields, privateKey: KeyObject): string {
  return sign('sha256', signedText(fields), privateKey).toString('base64');
}

/** Why these fields are not from UnionPay, or null if they are: checks the certificate, then its signature. */
export function distrust(checkCertificate: CertificateCheck, fields: Fields, now: Date): string | null {
  const { signature = '', signPubKeyCert = '', signMethod } = fields;
  if (signature === '' || signPubKeyCert === '') return 'without a signature';
  if (signMethod !== SIGN_METHOD) return 'signed by another method';
  const certificate = checkCertificate(signPubKeyCert, now);
  if (typeof certificate === 'string') return certificate;
  const signed = verify(
    'sha256',
    signedText(fields),
    certificate.publicKey,
    Buffer.from(signature, 'base64'),
  );
  return signed ? null : 'bad signature';
}
