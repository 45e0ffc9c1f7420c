import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pemText, tried } from './pem-text.ts';

/**
 * Parses an X.509 certificate from PEM text (its line ends may be written out as \n), or from a file, PEM or DER. Null if
 * it is none of these.
 */
export function readCertificate(value: string): X509Certificate | null {
  return (
    tried(() => new X509Certificate(pemText(value))) ?? tried(() => new X509Certificate(readFileSync(value)))
  );
}
