import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADER = 'x-tea-signature';

export function signatureOf(body: string | Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

export function isSigned(body: string | Buffer, signature: unknown, secret: string): boolean {
  const given = Buffer.from(typeof signature === 'string' ? signature : '', 'hex');
  const right = Buffer.from(signatureOf(body, secret), 'hex');
  return given.length === right.length && timingSafeEqual(given, right);
}
