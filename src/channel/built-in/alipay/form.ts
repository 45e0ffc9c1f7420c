import { type KeyObject, verify } from 'node:crypto';

/** Alipay's names of the charsets that it may use for a notification. */
const CHARSETS = new Set(['utf-8', 'utf8', 'gbk', 'gb2312', 'gb18030']);
const DEFAULT_CHARSET = 'utf-8';
/** Not covered by the signature: the signature itself and its type (notification page). */
const UNSIGNED = new Set(['sign', 'sign_type']);

/** A notification's parameters; each value as raw bytes, in whatever charset. */
export type Form = ReadonlyMap<string, Buffer>;

/**
 * Splits a form into its parameters. Null if a name occurs twice, because it is then unclear which value was signed.
 * Skips empty values: Alipay does not sign them.
 */
export function readForm(body: Buffer): Form | null {
  const form = new Map<string, Buffer>();
  const seen = new Set<string>();
  // One character per byte. In Alipay's charsets neither a separator nor `%` occurs inside another character.
  for (const pair of body.toString('latin1').split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    const key = decoded(name).toString('latin1');
    if (seen.has(key)) return null;
    seen.add(key);
    if (value !== '') form.set(key, decoded(value));
  }
  return form;
}

/** Verifies RSA2 over the bytes of the sorted parameters. */
export function isSignedBy(publicKey: KeyObject, form: Form): boolean {
  const signed = [...form].filter(([name]) => !UNSIGNED.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = signed.flatMap(([name, value], index) => [
    Buffer.from(`${index === 0 ? '' : '&'}${name}=`, 'latin1'),
    value,
  ]);
  const signature = Buffer.from(form.get('sign')?.toString('latin1') ?? '', 'base64');
  return verify('sha256', Buffer.concat(parts), publicKey, signature);
}

/**
 * Decodes the parameters in the charset that the form states. Null if they are invalid in it, or if Alipay does not
 * use it.
 */
export function textOf(form: Form): Record<string, string> | null {
  const charset = (form.get('charset')?.toString('latin1') ?? DEFAULT_CHARSET).toLowerCase();
  if (!CHARSETS.has(charset)) return null;
  const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  try {
    return Object.fromEntries([...form].map(([name, value]) => [name, decoder.decode(value)]));
  } catch {
    return null;
  }
}

function decoded(part: string): Buffer {
  const bytes = part
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
