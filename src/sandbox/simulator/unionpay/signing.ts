import { createHash, createSign, createVerify, type KeyObject } from 'node:crypto';
import type { Distortion } from '../exchange/faults.ts';
import type { World } from './world.ts';

export type Fields = Record<string, string>;

/** Version 5.1.0: all non-empty fields except the signature, sorted; RSA signs the hex SHA-256 of that text. */
export function unionpayText(fields: Fields): string {
  return Object.keys(fields)
    .filter((name) => name !== 'signature' && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
}

const digest = (fields: Fields) => createHash('sha256').update(unionpayText(fields)).digest('hex');

export function signFields(fields: Fields, key: KeyObject): string {
  return createSign('sha256').update(digest(fields)).sign(key, 'base64');
}

export function isSignedBy(fields: Fields, key: KeyObject): boolean {
  return createVerify('sha256')
    .update(digest(fields))
    .verify(key, fields.signature ?? '', 'base64');
}

/** Adds the platform's certificate and signature, or faulty ones. */
export function signed(
  { unionpay, stranger }: World['keys'],
  fields: Fields,
  distortion: Distortion | null,
): Fields {
  const { certs, platform } = unionpay;
  if (distortion?.kind === 'missing_headers') return fields;
  const cert =
    distortion?.kind === 'unknown_serial'
      ? certs.foreign
      : distortion?.kind === 'timestamp_skew'
        ? certs.expired
        : certs.valid;
  const forged = distortion?.kind === 'bad_signature' || distortion?.kind === 'signtest';
  const content = { ...fields, signPubKeyCert: cert };
  return { ...content, signature: signFields(content, forged ? stranger.privateKey : platform.privateKey) };
}
