import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readConfig } from '../src/config.ts';
import { systemClock } from '../src/platform/clock/clock.ts';

/** Where each part listens, always the same, so that addresses can be kept. */
export const PORTS = { program: 9000, gateways: 9100, page: 5173, debugger: 9229 };
export type Ports = typeof PORTS;

/**
 * The running program works in this folder and is configured by the `.env` in it, so that it does not meet that of the
 * repository, which may hold real keys; and so that the other commands of `dev/` find its database, and no other.
 */
export const FOLDER = import.meta.dirname;

/** The program's environment, without the gateways' part. */
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
    // Requests can be typed by hand.
    SIGN_REQUIRED: 'false',
    REQ_TIME_TOLERANCE_S: '0',
    NOTICE_ALLOW_PRIVATE: 'true',
    METRICS_PORT: '0',
  };
}

/** The program restarts when this file changes; it cannot be `.env`, because hidden files are not watched. */
export const RESTART = 'restart';

/** New for each run and, below that, for each database: two do not share one. */
export function newPrefix(ofRun = `autoclose-dev-${randomBytes(4).toString('hex')}`): string {
  return `${runOf(ofRun)}.${randomBytes(2).toString('hex')}`;
}

/** What all prefixes of a run begin with. */
export function runOf(prefix: string): string {
  return prefix.replace(/\..*$/, '');
}

/** The program restarts with it. Readable for this user alone: there are passwords in it. */
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

/** What the other commands need of the running program. */
export interface DevEnv {
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  /** Of the channels, as orders remember them. */
  accounts: Readonly<Record<string, string>>;
}

/** Throws where a variable is missing. */
export function devEnvOf(env: NodeJS.Dict<string>): DevEnv {
  const value = (name: string) => {
    const found = env[name];
    if (found === undefined) throw new Error(`${name} is missing`);
    return found;
  };
  const channels = readConfig(env).channels.map(({ create }) => create('', systemClock));
  const accounts = Object.fromEntries(channels.map(({ name, account }) => [name, account]));
  return {
    databaseUrl: value('DATABASE_URL'),
    redisUrl: value('REDIS_URL'),
    redisPrefix: value('REDIS_PREFIX'),
    accounts,
  };
}
