import type { KeyObject } from 'node:crypto';
import { readCertificates } from '../../../platform/keys/certificate.ts';
import { readRsaKey } from '../../../platform/keys/rsa-key.ts';

/**
 * Parses WeChat Pay's keys, by the serial number in its signatures: a list, separated by commas, of public keys
 * (`PUB_KEY_ID_…=key`) and platform certificates, which contain their number. Keys and certificates are PEM text or a
 * file's path. Null if one cannot be read, or if a number names two keys.
 */
export function readPlatformKeys(list: string): Record<string, KeyObject> | null {
  const keys: Record<string, KeyObject> = {};
  for (const entry of list.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const named = readEntry(entry);
    if (named === null) return null;
    for (const [serial, key] of named) {
      if (keys[serial]?.equals(key) === false) return null;
      keys[serial] = key;
    }
  }
  return keys;
}

function readEntry(entry: string): [serial: string, key: KeyObject][] | null {
  const [, id, value = ''] = /^(PUB_KEY_ID_\w+)=(.+)$/s.exec(entry) ?? [];
  if (id !== undefined) {
    const key = readRsaKey('public', value);
    return key === null ? null : [[id, key]];
  }
  const certificates = readCertificates(entry);
  return certificates?.map(({ serialNumber, publicKey }) => [serialNumber, publicKey]) ?? null;
}
