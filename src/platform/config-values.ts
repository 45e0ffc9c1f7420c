import type { KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { readCertificates } from './keys/certificate.ts';
import { pemText } from './keys/pem-text.ts';
import { readRsaKey } from './keys/rsa-key.ts';
import { parseDatabaseUrl, sslModes } from './mysql/database-url.ts';

/* The types of configuration variables: each parses text to a value, or fails with a message that says what is expected. */

/** A whole number in plain digits; `0x50` and `1e3` are treated as typing errors. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);
export const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
  .transform((url) => url.replace(/\/+$/, ''));
export const databaseUrl = z
  .url({ protocol: /^(mysql|mariadb)$/, error: 'must be like mysql://user:password@host:3306/database' })
  .refine(
    (url) => new URL(url).pathname.length > 1,
    'must name a database: mysql://user:password@host:3306/database',
  )
  .superRefine((url, context) => {
    try {
      parseDatabaseUrl(url);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is wrong' });
    }
  });
export const sslMode = z.enum(sslModes, `must be one of ${sslModes.join(', ')}`);
/** PEM text, or the path of a file with it. */
export const pem = z
  .string()
  .refine(
    (value) => pemText(value).includes('-----BEGIN'),
    'is neither PEM text nor the path of a file with it',
  );
export const redisUrl = z.url({ protocol: /^rediss?$/, error: 'must be like redis://127.0.0.1:6379' });
/** Addresses and networks (`10.0.0.0/8`), separated by commas. */
export const addressList = z
  .string()
  .transform((list) => list.split(',').map((entry) => entry.trim()))
  .transform((list) => list.filter((entry) => entry !== ''))
  .refine(
    (list) => list.every(isAddressOrNetwork),
    'must be addresses or networks, like 10.0.0.0/8,127.0.0.1',
  );
export const sentinels = z.string().transform((list, context) => {
  const addresses = list
    .split(',')
    .map((address) => /^(?:\[(.+)\]|([^\s:]+)):(\d{1,5})$/.exec(address.trim()));
  const known = addresses.flatMap((found) => {
    const [, ipv6, name, port] = found ?? [];
    return Number(port) >= 1 && Number(port) <= 65_535
      ? [{ host: ipv6 ?? name ?? '', port: Number(port) }]
      : [];
  });
  if (known.length === addresses.length) return known;
  context.addIssue({ code: 'custom', message: 'must be like 10.0.0.1:26379,10.0.0.2:26379,10.0.0.3:26379' });
  return z.NEVER;
});
export const privateKey = rsaKey('private');
export const publicKey = rsaKey('public');
export const certificates = z.string().transform((value, context): X509Certificate[] => {
  const read = readCertificates(value);
  if (read !== null) return read;
  const message = 'is neither a certificate in PEM nor the path of a file with one';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});
function isAddressOrNetwork(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function rsaKey(kind: 'private' | 'public') {
  return z.string().transform((value, context): KeyObject => {
    const key = readRsaKey(kind, value);
    if (key !== null) return key;
    context.addIssue({
      code: 'custom',
      message: `is neither an RSA ${kind} key in PEM nor the path of a file with one`,
    });
    return z.NEVER;
  });
}
