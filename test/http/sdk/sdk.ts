import { createHash, createHmac } from 'node:crypto';

/** What a merchant's program reads in an answer. */
export interface Verdict {
  /** What the program takes for success. */
  success: boolean;
  code: number;
  data: Record<string, unknown> | null;
}

export type OperationName = 'pay' | 'close' | 'cancel' | 'query' | 'sync';

export type SignType = 'MD5' | 'HMAC_SHA256' | 'SM3';

/** A compiled client, described step by step and without any code of ours. */
export interface Sdk {
  name: string;
  /** Where it posts each operation; absent where it has no such operation. */
  paths: Partial<Record<OperationName, string>>;
  /** How it asks for each operation about order `P0001` of the merchant. */
  fields: Record<OperationName, Record<string, unknown>>;
  /** The time of now, as it sends it. */
  reqTime: number | string;
  /** The body that it sends, byte for byte: its own fields, then `clientIp`, `sign` and `reqTime`; nulls left out. */
  body(fields: Record<string, unknown>, secret: string, type: SignType): string;
  /** Throws where the client throws. */
  read(operation: OperationName, status: number, text: string, secret: string, type: SignType): Verdict;
}

/** Signed over flat fields: sorted names, no nulls, no quotes or backslashes. */
export function naiveSign(
  fields: Record<string, unknown>,
  secret: string,
  type: SignType,
  upperCase = false,
): string {
  const names = Object.keys(fields).filter(
    (name) => name !== 'sign' && fields[name] !== null && fields[name] !== undefined,
  );
  names.sort((a, b) => (a < b ? -1 : 1));
  let text = names.map((name) => `${name}=${fields[name]}`).join('&');
  text = text.split('"').join('').split('\\').join('');
  text = `${text}&key=${secret}`;
  if (upperCase) text = text.toUpperCase();
  if (type === 'MD5') return createHash('md5').update(text).digest('hex');
  if (type === 'SM3') return createHash('sm3').update(text).digest('hex');
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** Fields as JSON; a bigint is a JSON number of all its digits. */
export function naiveJson(fields: Record<string, unknown>): string {
  const members = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const text = (value: unknown) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value));
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${text(value)}`).join(',')}}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer as a Java client parses it: anything that is no JSON object comes out as an object of defaults. */
export function parseLeniently(status: number, text: string): Record<string, unknown> {
  if (status !== 200) throw new Error('请求失败，内部异常');
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** A Java int: 0 where nothing was set, which clients take for success. */
export function codeOf(fields: Record<string, unknown>): number {
  const { code = 0 } = fields;
  if (code === null) return 0;
  if (typeof code !== 'number') throw new Error('code is no number');
  return code;
}
