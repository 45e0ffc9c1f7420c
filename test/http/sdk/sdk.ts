import { createHash, createHmac } from 'node:crypto';

/** An answer as a merchant's program sees it. */
export interface Verdict {
  /** Whether the program considers it a success. */
  success: boolean;
  code: number;
  data: Record<string, unknown> | null;
}

export type OperationName = 'pay' | 'close' | 'cancel' | 'query' | 'sync';

export type SignType = 'MD5' | 'HMAC_SHA256' | 'SM3';

/** A compiled client, reimplemented step by step without our code. */
export interface Sdk {
  name: string;
  /** Its path for each operation; missing if it does not have the operation. */
  paths: Partial<Record<OperationName, string>>;
  /** Its request for each operation on the merchant's order `P0001`. */
  fields: Record<OperationName, Record<string, unknown>>;
  /** The current time, as it sends it. */
  reqTime: number | string;
  /** The body, byte for byte: its own fields, then `clientIp`, `sign` and `reqTime`; without nulls. */
  body(fields: Record<string, unknown>, secret: string, type: SignType): string;
  /** Throws if the client throws. */
  read(operation: OperationName, status: number, text: string, secret: string, type: SignType): Verdict;
}

/** The signature over flat fields: sorted names, no nulls, no quotes or backslashes. */
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

/** Fields as JSON; a bigint is a JSON number with all its digits. */
export function naiveJson(fields: Record<string, unknown>): string {
  const members = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const text = (value: unknown) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value));
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${text(value)}`).join(',')}}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer as a Java client parses it: anything that is not a JSON object becomes an object of defaults. */
export function parseLeniently(status: number, text: string): Record<string, unknown> {
  if (status !== 200) throw new Error('请求失败，内部异常');
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** A Java int: 0 if missing, which clients mistake for success. */
export function codeOf(fields: Record<string, unknown>): number {
  const { code = 0 } = fields;
  if (code === null) return 0;
  if (typeof code !== 'number') throw new Error('code is not a number');
  return code;
}
