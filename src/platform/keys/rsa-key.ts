import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { pemText, tried } from './pem-text.ts';

const derTypes = { private: ['pkcs8', 'pkcs1'], public: ['spki', 'pkcs1'] } as const;

/**
 * Parses an RSA key from PEM text (\n may stand for line ends), from the bare base64 that Alipay's key tool produces, or
 * from a file with either. Null if it is neither.
 */
export function readRsaKey(kind: 'private' | 'public', value: string): KeyObject | null {
  const text = pemText(value);
  const create = kind === 'private' ? createPrivateKey : createPublicKey;
  const attempts = text.includes('-----BEGIN')
    ? [() => create({ key: text, format: 'pem' })]
    : derTypes[kind].map((type) => () => createFromDer(kind, text, type));
  for (const attempt of attempts) {
    const key = tried(attempt);
    if (key?.asymmetricKeyType === 'rsa') return key;
  }
  return null;
}

function createFromDer(
  kind: 'private' | 'public',
  base64: string,
  type: 'pkcs8' | 'pkcs1' | 'spki',
): KeyObject {
  const key = Buffer.from(base64, 'base64');
  if (kind === 'private')
    return createPrivateKey({ key, format: 'der', type: type === 'spki' ? 'pkcs8' : type });
  return createPublicKey({ key, format: 'der', type: type === 'pkcs8' ? 'spki' : type });
}
