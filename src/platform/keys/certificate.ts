import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pemText, tried } from './pem-text.ts';

/**
 * Parses X.509 certificates: PEM text with one or more (\n may stand for line ends), or comma-separated paths of PEM or
 * DER files. Null if any part is neither.
 */
export function readCertificates(value: string): X509Certificate[] | null {
  const read = fromOne(value) ?? value.split(',').flatMap((part) => fromOne(part.trim()) ?? [null]);
  return read.every((certificate) => certificate !== null) ? read : null;
}

function fromOne(value: string): X509Certificate[] | null {
  return (
    tried(() => pemBlocks(pemText(value)).map((block) => new X509Certificate(block))) ??
    tried(() => [new X509Certificate(readFileSync(value))])
  );
}

/** Each certificate of a PEM text. Throws if there is none. */
function pemBlocks(text: string): string[] {
  const blocks = text.match(/-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]+-----END \1-----/g);
  if (blocks === null) throw new Error('no certificate in PEM');
  return blocks;
}
