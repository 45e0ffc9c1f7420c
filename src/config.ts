import { z } from 'zod';
import {
  addressList,
  certificates,
  databaseUrl,
  flag,
  httpUrl,
  pem,
  platformKeys,
  privateKey,
  publicKey,
  redisUrl,
  sentinels,
  sslMode,
  whole,
} from './config-values.ts';
import { signTypeProblem, signTypes } from './http/daxpay/signing/sign-type.ts';
import { latePaymentPolicies } from './order/late-payment.ts';
import { pemText } from './platform/keys/pem-text.ts';
import { withSsl } from './platform/mysql/database-url.ts';
import type { RedisAddress } from './platform/redis.ts';

/** A configuration that cannot be used; the message names the variable and says what it should be. */
export class ConfigError extends Error {
  /** One for each variable that is wrong, `NAME: how it should be`. Shows no value. */
  readonly problems: string[];

  constructor(message: string, problems: string[] = [message]) {
    super(message);
    this.problems = problems;
  }
}

/** They go into DATABASE_URL, where it does not say the same. */
const databaseSsl = {
  DATABASE_SSL_MODE: sslMode.nullable().default(null),
  DATABASE_SSL_CA: pem.nullable().default(null),
  DATABASE_SSL_CERT: pem.nullable().default(null),
  DATABASE_SSL_KEY: pem.nullable().default(null),
};

const serverSchema = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: whole(0, 65_535).prefault('9000'),
  DATABASE_URL: databaseUrl,
  ...databaseSsl,
  REDIS_URL: redisUrl,
  REDIS_CA: pem.nullable().default(null),
  REDIS_SENTINELS: sentinels.nullable().default(null),
  REDIS_SENTINEL_NAME: z.string().nullable().default(null),
  REDIS_SENTINEL_PASSWORD: z.string().nullable().default(null),
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
  SIGN_REQUIRED: flag.prefault('true'),
  MCH_NO: z.string().max(32).nullable().default(null),
  APP_ID: z.string().max(32).nullable().default(null),
  REQ_TIME_TOLERANCE_S: whole(0, 86_400).prefault('300'),
  RATE_LIMIT_PER_MINUTE: whole(0, 1_000_000).prefault('0'),
  TRUST_PROXY: addressList.prefault(''),
  ORDER_EXPIRES_IN_S: whole(1, 7 * 86_400).prefault('900'),
  CLOSE_GRACE_MS: whole(0, 600_000).prefault('5000'),
  LATE_PAYMENT_POLICY: z.enum(latePaymentPolicies).default('refund'),
  CLOSE_CONCURRENCY: whole(1, 1_000).prefault('50'),
  CHANNEL_CLOSES_PER_S: whole(0, 100_000).prefault('200'),
  SWEEP_INTERVAL_MS: whole(100, 3_600_000).prefault('15000'),
  NOTICE_ALLOW_PRIVATE: flag.prefault('false'),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: whole(0, 65_535).prefault('9464'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.nullable().default(null),
  OTEL_SERVICE_NAME: z.string().default('autoclose'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The second is needed where the first is set. */
const needEachOther = [
  ['REDIS_SENTINELS', 'REDIS_SENTINEL_NAME'],
  ['REDIS_SENTINEL_NAME', 'REDIS_SENTINELS'],
] as const;

const wechatSchema = z
  .object({
    WECHAT_BASE_URL: httpUrl.prefault('https://api.mch.weixin.qq.com'),
    WECHAT_APP_ID: z.string().min(1).max(32),
    WECHAT_MCH_ID: z.string().min(1).max(32),
    WECHAT_SERIAL_NO: z.string().min(1).max(64),
    WECHAT_PRIVATE_KEY: privateKey,
    WECHAT_API_V3_KEY: z
      .string()
      .refine((key) => Buffer.byteLength(key) === 32, 'must be the 32 bytes of the APIv3 key'),
    WECHAT_PUBLIC_KEY_ID: z.string().min(1).max(64),
    WECHAT_PUBLIC_KEY: publicKey,
    WECHAT_MORE_KEYS: platformKeys.prefault(''),
  })
  .superRefine(({ WECHAT_MORE_KEYS: more, WECHAT_PUBLIC_KEY_ID: id, WECHAT_PUBLIC_KEY: key }, context) => {
    if (more[id]?.equals(key) !== false) return;
    const message = 'names WECHAT_PUBLIC_KEY_ID with another key';
    context.addIssue({ code: 'custom', path: ['WECHAT_MORE_KEYS'], message });
  });

const alipaySchema = z.object({
  ALIPAY_ENDPOINT: httpUrl.prefault('https://openapi.alipay.com'),
  ALIPAY_APP_ID: z.string().min(1).max(32),
  ALIPAY_PRIVATE_KEY: privateKey,
  ALIPAY_PUBLIC_KEY: publicKey,
  ALIPAY_SELLER_ID: z.string().min(1).max(32).nullable().default(null),
});

const unionpaySchema = z.object({
  UNIONPAY_BASE_URL: httpUrl.prefault('https://gateway.95516.com'),
  UNIONPAY_MER_ID: z.string().regex(/^[0-9A-Za-z]{15}$/, 'must be 15 letters or digits'),
  UNIONPAY_CERT_ID: z.string().regex(/^\d{1,40}$/, 'must be the serial number in decimal digits'),
  UNIONPAY_PRIVATE_KEY: privateKey,
  UNIONPAY_ROOT_CERT: certificates,
  UNIONPAY_MIDDLE_CERT: certificates,
  UNIONPAY_PRODUCTION: flag.prefault('true'),
});

export type ServerConfig = Readonly<z.output<typeof serverSchema>>;
export type WechatConfig = Readonly<z.output<typeof wechatSchema>>;
export type AlipayConfig = Readonly<z.output<typeof alipaySchema>>;
export type UnionpayConfig = Readonly<z.output<typeof unionpaySchema>>;

/** A channel is null unless its variables are set. */
export interface Config {
  server: ServerConfig;
  wechat: WechatConfig | null;
  alipay: AlipayConfig | null;
  unionpay: UnionpayConfig | null;
}

/**
 * The whole configuration, from the environment; the only reader of it. Empty and blank variables count as not set.
 * Throws a ConfigError that names every variable that is missing or wrong, without showing its value.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = trimmed(env);
  const problems: string[] = [];

  function read<Schema extends z.ZodObject>(schema: Schema): z.output<Schema> | null {
    const result = schema.safeParse(given);
    if (result.success) return result.data;
    problems.push(
      ...result.error.issues.map((issue) => `${issue.path.join('.')}: ${describe(issue, given)}`),
    );
    return null;
  }
  /** What has a default enables nothing alone. */
  const enabled = (prefix: string, ...except: string[]) =>
    Object.keys(given).some((name) => name.startsWith(prefix) && !except.includes(name));

  const server = read(serverSchema);
  for (const [one, other] of needEachOther) {
    if (one in given && !(other in given)) problems.push(`${other}: is not set, but ${one} is`);
  }
  if ('REDIS_CA' in given && given.REDIS_URL?.startsWith('rediss:') === false)
    problems.push('REDIS_CA: is set, but REDIS_URL does not begin with rediss://');
  const wechat = enabled('WECHAT_', 'WECHAT_BASE_URL') ? read(wechatSchema) : null;
  const alipay = enabled('ALIPAY_', 'ALIPAY_ENDPOINT') ? read(alipaySchema) : null;
  const unionpay = enabled('UNIONPAY_', 'UNIONPAY_BASE_URL', 'UNIONPAY_PRODUCTION')
    ? read(unionpaySchema)
    : null;
  if (server === null || problems.length > 0) {
    const message = `The configuration cannot be used (see .env.example):\n  ${problems.join('\n  ')}`;
    throw new ConfigError(message, problems);
  }
  return Object.freeze({
    server: { ...server, DATABASE_URL: urlWithSsl(server) },
    wechat,
    alipay,
    unionpay,
  });
}

/** What `migrate` needs, and nothing else. Throws a ConfigError like `readConfig`. */
export function readDatabaseUrl(env: NodeJS.ProcessEnv): string {
  const given = trimmed(env);
  const result = z.object({ DATABASE_URL: databaseUrl, ...databaseSsl }).safeParse(given);
  if (result.success) return urlWithSsl(result.data);
  const problems = result.error.issues.map((issue) => describe(issue, given));
  throw new ConfigError(`DATABASE_URL: ${problems.join('; ')} (see .env.example)`);
}

function urlWithSsl(given: Pick<ServerConfig, 'DATABASE_URL' | keyof typeof databaseSsl>): string {
  return withSsl(given.DATABASE_URL, {
    'ssl-mode': given.DATABASE_SSL_MODE,
    'ssl-ca': given.DATABASE_SSL_CA,
    'ssl-cert': given.DATABASE_SSL_CERT,
    'ssl-key': given.DATABASE_SSL_KEY,
  });
}

/** Where Redis is, by the variables that say so. */
export function redisAddress(server: ServerConfig): RedisAddress {
  const { REDIS_URL: url, REDIS_CA: ca, REDIS_SENTINELS: addresses, REDIS_SENTINEL_NAME: name } = server;
  const tls = ca === null ? {} : { ca: pemText(ca) };
  if (addresses === null || name === null) return { url, ...tls, sentinels: null };
  return { url, ...tls, sentinels: { addresses, name, password: server.REDIS_SENTINEL_PASSWORD } };
}

/** Without what is empty or blank, which counts as not set. */
function trimmed(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value = '']) => (value.trim() === '' ? [] : [[name, value.trim()]])),
  );
}

function describe(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  return String(issue.path[0]) in given ? issue.message : 'is not set';
}
