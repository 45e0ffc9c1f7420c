import { z } from 'zod';
import { DEFAULT_CALL_TIMEOUT_MS } from './channel/adapter/reply.ts';
import type { ConfiguredChannel } from './channel/built-in/define-channel.ts';
import { channelModules } from './channel/modules.ts';
import { signTypeProblem, signTypes } from './http/daxpay/signing/sign-type.ts';
import { latePaymentPolicies } from './order/late-payment.ts';
import {
  addressList,
  databaseUrl,
  flag,
  httpUrl,
  pem,
  redisUrl,
  sentinels,
  sslMode,
  whole,
} from './platform/config-values.ts';
import { pemText } from './platform/keys/pem-text.ts';
import { withSsl } from './platform/mysql/database-url.ts';
import type { RedisAddress } from './platform/redis.ts';

/** An invalid configuration; the message names the variables and their valid values. */
export class ConfigError extends Error {
  /** One per invalid variable, `NAME: what is wrong`. Contains no values. */
  readonly problems: string[];

  constructor(message: string, problems: string[] = [message]) {
    super(message);
    this.problems = problems;
  }
}

/** Added to DATABASE_URL, unless it has the same parameters. */
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
  // Must not exceed an adapter's limit, see `containChannel`, nor the margins of the deadlines.
  CHANNEL_TIMEOUT_MS: whole(1_000, 15_000).prefault(String(DEFAULT_CALL_TIMEOUT_MS)),
  CHANNEL_CLOSES_PER_S: whole(0, 100_000).prefault('200'),
  SWEEP_INTERVAL_MS: whole(100, 3_600_000).prefault('15000'),
  NOTICE_ALLOW_PRIVATE: flag.prefault('false'),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: whole(0, 65_535).prefault('9464'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.nullable().default(null),
  OTEL_SERVICE_NAME: z.string().default('autoclose'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The second is required if the first is set. */
const needEachOther = [
  ['REDIS_SENTINELS', 'REDIS_SENTINEL_NAME'],
  ['REDIS_SENTINEL_NAME', 'REDIS_SENTINELS'],
] as const;

export type ServerConfig = Readonly<z.output<typeof serverSchema>>;

/** All variables. */
export const variables: readonly string[] = [
  ...Object.keys(serverSchema.shape),
  ...channelModules.flatMap((module) => module.variables),
];

/** `the A_, B_ or C_ variables`, to display. */
export const channelVariables = `the ${channelModules
  .map(({ prefix }) => prefix)
  .join(', ')
  .replace(/, ([^,]+)$/, ' or $1')} variables`;

export interface Config {
  server: ServerConfig;
  /** The channels whose variables are set. */
  channels: readonly ConfiguredChannel[];
}

/**
 * Reads the whole configuration from the environment; nothing else reads it. Empty and blank variables count as not set.
 * Throws a ConfigError that names every missing or invalid variable, without its value.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = trimmed(env);
  const problems: string[] = [];

  function read<Values>(schema: z.ZodType<Values>): Values | null {
    const result = schema.safeParse(given);
    if (result.success) return result.data;
    problems.push(
      ...result.error.issues.map((issue) => `${issue.path.join('.')}: ${describe(issue, given)}`),
    );
    return null;
  }

  const server = read(serverSchema);
  for (const [one, other] of needEachOther) {
    if (one in given && !(other in given)) problems.push(`${other}: is not set, but ${one} is`);
  }
  if ('REDIS_CA' in given && given.REDIS_URL?.startsWith('rediss:') === false)
    problems.push('REDIS_CA: is set, but REDIS_URL does not begin with rediss://');
  const channels = channelModules
    .filter((module) => module.isEnabledBy(given))
    .map(({ settings }) => read(settings))
    .filter((channel) => channel !== null);
  if (server === null || problems.length > 0) {
    const message = `The configuration is invalid (see .env.example):\n  ${problems.join('\n  ')}`;
    throw new ConfigError(message, problems);
  }
  return Object.freeze({ server: { ...server, DATABASE_URL: urlWithSsl(server) }, channels });
}

/** Reads only what `migrate` needs. Throws a ConfigError like `readConfig`. */
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

/** The address of Redis, from its variables. */
export function redisAddress(server: ServerConfig): RedisAddress {
  const { REDIS_URL: url, REDIS_CA: ca, REDIS_SENTINELS: addresses, REDIS_SENTINEL_NAME: name } = server;
  const tls = ca === null ? {} : { ca: pemText(ca) };
  if (addresses === null || name === null) return { url, ...tls, sentinels: null };
  return { url, ...tls, sentinels: { addresses, name, password: server.REDIS_SENTINEL_PASSWORD } };
}

/** Removes empty and blank variables, which count as not set. */
function trimmed(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value = '']) => (value.trim() === '' ? [] : [[name, value.trim()]])),
  );
}

function describe(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  return String(issue.path[0]) in given ? issue.message : 'is not set';
}
