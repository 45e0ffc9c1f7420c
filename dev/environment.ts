import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { DEFAULT_CALL_TIMEOUT_MS } from '../src/channel/adapter/reply.ts';
import { readConfig } from '../src/config.ts';
import { systemClock } from '../src/platform/clock/clock.ts';

/** Where each part listens; fixed, so that addresses can be bookmarked. */
export const PORTS = { program: 9000, gateways: 9100, page: 5173, debugger: 9229 };
export type Ports = typeof PORTS;

/**
 * The program runs in this folder and reads the `.env` in it, not the repository's, which may hold real keys. The other
 * commands of `dev/` read the same file to find its database.
 */
export const FOLDER = import.meta.dirname;

/** The program's environment, without the gateways' variables. */
export function programEnv(
  { databaseUrl, redisUrl }: { databaseUrl: string; redisUrl: string },
  ports: Ports,
) {
  return {
    HOST: '127.0.0.1',
    PORT: String(ports.program),
    PUBLIC_URL: `http://127.0.0.1:${ports.program}`,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: newPrefix(),
    SIGN_SECRET: '123456',
    // So that requests can be typed by hand.
    SIGN_REQUIRED: 'false',
    REQ_TIME_TOLERANCE_S: '0',
    NOTICE_ALLOW_PRIVATE: 'true',
    METRICS_PORT: '0',
  };
}

/** The program restarts when this file changes; not `.env`, because hidden files are not watched. */
export const RESTART = 'restart';

/** Unique per run and, within a run, per database. */
export function newPrefix(ofRun = `autoclose-dev-${randomBytes(4).toString('hex')}`): string {
  return `${runOf(ofRun)}.${randomBytes(2).toString('hex')}`;
}

/** The part that all prefixes of a run share. */
export function runOf(prefix: string): string {
  return prefix.replace(/\..*$/, '');
}

/** Writes `.env`, and restarts the program. Only this user can read it: it contains passwords. */
export async function writeEnv(folder: string, env: NodeJS.Dict<string>): Promise<void> {
  const lines = Object.entries(env).map(
    ([name, value = '']) => `${name}="${value.replaceAll('\n', '\\n')}"\n`,
  );
  await writeFile(join(folder, '.env'), lines.join(''), { mode: 0o600 });
  await writeFile(join(folder, RESTART), `${new Date().toISOString()}\n`);
}

export async function removeEnv(folder: string): Promise<void> {
  for (const file of ['.env', RESTART]) await rm(join(folder, file), { force: true });
}

/** Throws unless `npm run dev` is running. */
export async function readEnv(folder: string): Promise<NodeJS.Dict<string>> {
  const text = await readFile(join(folder, '.env'), 'utf8').catch(() => null);
  if (text === null) throw new Error('Start "npm run dev" first, in another terminal.');
  return parseEnv(text);
}

/** The settings of the running program that the other commands need. */
export interface DevEnv {
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  /** The channels' accounts, as stored in orders. */
  accounts: Readonly<Record<string, string>>;
}

/** Throws if a variable is missing. */
export function devEnvOf(env: NodeJS.Dict<string>): DevEnv {
  const value = (name: string) => {
    const found = env[name];
    if (found === undefined) throw new Error(`${name} is missing`);
    return found;
  };
  const channels = readConfig(env).channels.map(({ create }) =>
    create('', systemClock, DEFAULT_CALL_TIMEOUT_MS),
  );
  const accounts = Object.fromEntries(channels.map(({ name, account }) => [name, account]));
  return {
    databaseUrl: value('DATABASE_URL'),
    redisUrl: value('REDIS_URL'),
    redisPrefix: value('REDIS_PREFIX'),
    accounts,
  };
}
