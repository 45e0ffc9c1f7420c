import { isIP } from 'node:net';
import { isLosslessNumber } from 'lossless-json';
import { z } from 'zod';
import { fromBeijing } from '../../../channel/adapter/beijing-time.ts';
import { invalid, type Result } from '../answer/codes.ts';
import type { Members } from './body.ts';
import { readExpiredTime } from './expired-time.ts';
import { yuanToFen } from './yuan.ts';

/** A parsed request, or the answer that rejects it. */
export type Parsed<Value> = { kind: 'valid'; value: Value } | { kind: 'rejected'; result: Result };

const string = z.string({
  error: ({ input }) => (input === undefined ? '不能为空' : '必须是字符串'),
});

export const text = (max: number) =>
  string
    .max(max, `长度不能超过 ${max}`)
    .refine((value) => !/\p{Surrogate}/u.test(value), '含有不成对的代理字符');

/** A number assigned elsewhere. The database treats trailing spaces as equal, so they are rejected. */
export const externalNumber = (max: number) =>
  text(max).refine((value) => value === value.trim(), '前后不能有空格');

/** One of our numbers, as a string or as a JSON number; printable ASCII. */
export const orderNumber = string.regex(/^[!-~]{1,32}$/, '必须是 1 到 32 个字母、数字或符号');
/** Fen. */
export const amountFen = string.regex(/^[1-9]\d*$/, '必须是正整数（分）').transform(Number);
/** Yuan, converted to fen (DaxPay 3.0). */
export const amountYuan = readBy((yuan) => yuanToFen(yuan) || null, '必须是最多两位小数的正数（元）');
export const ip = string
  .max(64, '长度不能超过 64')
  .refine((value) => isIP(value) !== 0 && !value.includes('%'), '必须是 IPv4 或 IPv6 地址');
export const httpUrl = (max: number) =>
  text(max)
    .pipe(z.url({ protocol: /^https?$/, error: '必须是 http 或 https 的 URL', abort: true }))
    .refine(hasNoUser, '不能含有用户名或密码');
export const flag = z
  .enum(['true', 'false'], '必须是 true 或 false')
  .default('false')
  .transform((value) => value === 'true');
export const expiredTime = readBy(readExpiredTime, '必须是 10 位秒或 13 位毫秒的时间戳');
/** DaxPay 3.0. */
export const beijingTime = readBy(fromBeijing, '必须是 yyyy-MM-dd HH:mm:ss 格式的北京时间');

/** The field, or null if it is missing. */
export const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

/** Parses the members that the schema has; a rejection names every invalid field. */
export function readFields<Schema extends z.ZodType>(
  schema: Schema,
  members: Members,
): Parsed<z.output<Schema>> {
  const read = schema.safeParse(asStrings(members));
  if (read.success) return { kind: 'valid', value: read.data };
  return rejected(
    invalid(read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('；')),
  );
}

/** A field parsed by `read`; null from `read` is an error. */
function readBy<Value>(read: (text: string) => Value | null, message: string) {
  return string.transform((given, context): Value => {
    const value = read(given);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

function hasNoUser(url: string): boolean {
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

export function rejected(result: Result): Parsed<never> {
  return { kind: 'rejected', result };
}

/**
 * Java clients accept numbers and booleans as strings and vice versa, so all scalars become strings, digit for digit. Null
 * and empty fields count as missing.
 */
function asStrings(members: Members): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => [name, asString(value)]),
  );
}

function asString(value: unknown): unknown {
  if (isLosslessNumber(value)) return value.value;
  return typeof value === 'boolean' ? String(value) : value;
}
