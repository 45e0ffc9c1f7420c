import { type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';

/** An answer or a notification that its headers sign, with its body as it came. */
export interface Signed {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

const signInPool: (algorithm: string, text: Buffer, key: KeyObject) => Promise<Buffer> = promisify(sign);

/** RSA-SHA256 in base64. Signs on libuv's thread pool: meanwhile this thread does other work. */
export async function signText(text: string, key: KeyObject): Promise<string> {
  return (await signInPool('sha256', Buffer.from(text), key)).toString('base64');
}

/** Whether `signature`, in base64, is RSA-SHA256 of these bytes. */
export function isSignatureOf(bytes: Buffer, signature: string, key: KeyObject): boolean {
  return verify('sha256', bytes, key, Buffer.from(signature, 'base64'));
}

/** What WeChat Pay and Alipay sign of an answer: `timestamp\nnonce\nbody\n`, over the raw body. */
export function signedBytes(timestamp: string, nonce: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
}

/** The values of the headers `prefix` + name. Null if one is missing, empty or sent twice. */
export function textHeaders<Name extends string>(
  { headers }: Pick<Signed, 'headers'>,
  prefix: string,
  names: readonly Name[],
): Record<Name, string> | null {
  const entries = names.map((name) => [name, headers[prefix + name]] as const);
  const areTexts = entries.every(([, value]) => typeof value === 'string' && value !== '');
  return areTexts ? (Object.fromEntries(entries) as Record<Name, string>) : null;
}
