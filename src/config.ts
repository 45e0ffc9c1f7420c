import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { signTypeProblem, signTypes } from './http/daxpay/sign-type.ts';
import { readRsaKey } from './platform/rsa-key.ts';

/** A configuration that cannot be used; the message names the variable and says what it should be. */
export class ConfigError extends Error {}

const positiveInt = (max: number) => z.coerce.number().int().min(1).max(max);
const natural = (max: number) => z.coerce.number().int().min(0).max(max);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
const privateKey = rsaKey('private');
const publicKey = rsaKey('public');

const serverSchema = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: natural(65_535).default(9000),
  DATABASE_URL: z.url({ protocol: /^(mysql|mariadb)$/ }),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  REDIS_PREFIX: z
    .string()
    .regex(/^[^:]+$/)
    .default('autoclose'),
  PUBLIC_URL: httpUrl,
  SIGN_SECRET: z.string().min(1),
  SIGN_TYPE: z
    .enum(signTypes)
    .default('HMAC_SHA256')
    .superRefine((signType, context) => {
      const problem = signTypeProblem(signType);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    }),
  SIGN_REQUIRED: flag.default(true),
  REQ_TIME_TOLERANCE_S: natural(86_400).default(300),
  RATE_LIMIT_PER_MINUTE: natural(1_000_000).default(0),
  ORDER_EXPIRES_IN_S: positiveInt(7 * 86_400).default(900),
  CLOSE_GRACE_MS: natural(600_000).default(5_000),
  CLOSE_CONCURRENCY: positiveInt(1_000).default(50),
  SWEEP_INTERVAL_MS: z.coerce.number().int().min(100).max(3_600_000).default(15_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

const wechatSchema = z.object({
  WECHAT_BASE_URL: httpUrl.default('https://api.mch.weixin.qq.com'),
  WECHAT_APP_ID: z.string().min(1).max(32),
  WECHAT_MCH_ID: z.string().min(1).max(32),
  WECHAT_SERIAL_NO: z.string().min(1).max(64),
  WECHAT_PRIVATE_KEY: privateKey,
  WECHAT_API_V3_KEY: z
    .string()
    .refine((key) => Buffer.byteLength(key) === 32, 'must be the 32 bytes of the APIv3 key'),
  WECHAT_PUBLIC_KEY_ID: z.string().min(1).max(64),
  WECHAT_PUBLIC_KEY: publicKey,
});

const alipaySchema = z.object({
  ALIPAY_ENDPOINT: httpUrl.default('https://openapi.alipay.com'),
  ALIPAY_APP_ID: z.string().min(1).max(32),
  ALIPAY_PRIVATE_KEY: privateKey,
  ALIPAY_PUBLIC_KEY: publicKey,
  ALIPAY_SELLER_ID: z.string().min(1).max(32).nullable().default(null),
});

export type ServerConfig = Readonly<z.output<typeof serverSchema>>;
export type WechatConfig = Readonly<z.output<typeof wechatSchema>>;
export type AlipayConfig = Readonly<z.output<typeof alipaySchema>>;

/** A channel is null unless its variables are set. */
export interface Config {
  server: ServerConfig;
  wechat: WechatConfig | null;
  alipay: AlipayConfig | null;
}

/**
 * The whole configuration, from the environment; the only reader of it. Empty variables count as not set.
 * Throws a ConfigError that names every variable that is missing or wrong, without showing its value.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const problems: string[] = [];

  function read<Schema extends z.ZodObject>(schema: Schema): z.output<Schema> | null {
    const result = schema.safeParse(given);
    if (result.success) return result.data;
    problems.push(
      ...result.error.issues.map((issue) => `${issue.path.join('.')}: ${describe(issue, given)}`),
    );
    return null;
  }
  /** The base URL alone enables nothing: it has a default. */
  const enabled = (prefix: string, except: string) =>
    Object.keys(given).some((name) => name.startsWith(prefix) && name !== except);

  const server = read(serverSchema);
  const wechat = enabled('WECHAT_', 'WECHAT_BASE_URL') ? read(wechatSchema) : null;
  const alipay = enabled('ALIPAY_', 'ALIPAY_ENDPOINT') ? read(alipaySchema) : null;
  if (server === null || problems.length > 0) {
    throw new ConfigError(`The configuration cannot be used (see .env.example):\n  ${problems.join('\n  ')}`);
  }
  return Object.freeze({ server, wechat, alipay });
}

function describe(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  return String(issue.path[0]) in given ? issue.message : 'is not set';
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
