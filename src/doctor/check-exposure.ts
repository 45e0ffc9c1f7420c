import { isIP } from 'node:net';
import type { Config } from '../config.ts';
import { isPublicAddress } from '../notice/public-address.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

const MIN_SECRET_LENGTH = 16;
const MIN_SECRET_CHARACTERS = 8;
const ASK_MS = 5_000;

/**
 * What strangers can reach, and how it is protected. What would be dangerous in production is only a warning while every
 * channel is a simulator on a private network.
 */
export function checkExposure(config: Config): Check {
  const problem = isProduction(config) ? fail : warn;
  return {
    name: 'exposure',
    run: async () => [await publicUrl(config, problem), secret(config, problem), ...switches(config)],
  };
}

type Problem = (check: string, found: string, fix: string) => Finding;

function isProduction({ channels }: Config): boolean {
  return channels.some(({ endpoint }) => looksPublic(new URL(endpoint)));
}

/** Judges by the name only: not a private address, and a name with a dot. */
function looksPublic({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return isPublicAddress(host);
  return (
    host.includes('.') &&
    !/\.(local|localhost|internal|lan|example|test)$|(^|\.)example\.(com|org|net)$/.test(host)
  );
}

async function publicUrl({ server }: Config, problem: Problem): Promise<Finding> {
  const check = 'PUBLIC_URL';
  const url = new URL(server.PUBLIC_URL);
  const fix = 'set PUBLIC_URL to the https address at which the channels reach this API from the internet';
  if (!looksPublic(url)) return problem(check, `${url.host} cannot be reached from the internet`, fix);
  if (url.protocol !== 'https:') return problem(check, 'is not https', fix);
  if (url.search !== '') return problem(check, 'has a query, which the channels forbid', fix);
  if (await answers(`${server.PUBLIC_URL}/healthz`)) return ok(check, `${url.host} can be reached`);
  return warn(
    check,
    `${url.host}/healthz cannot be reached from this machine`,
    'check that `autoclose serve` runs and that the proxy forwards to it; ignore this if it is reachable only from outside',
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(ASK_MS) })).ok;
  } catch {
    return false;
  }
}

function secret({ server }: Config, problem: Problem): Finding {
  const { SIGN_SECRET } = server;
  const isWeak = SIGN_SECRET.length < MIN_SECRET_LENGTH || new Set(SIGN_SECRET).size < MIN_SECRET_CHARACTERS;
  if (!isWeak) return ok('SIGN_SECRET', 'is long enough');
  const found = 'is easy to guess: anybody who does can close and create orders';
  return problem(
    'SIGN_SECRET',
    found,
    'generate one with `openssl rand -hex 32`, and configure it in the merchants’ SDK',
  );
}

function switches({ server }: Config): Finding[] {
  const findings: Finding[] = [];
  if (!server.SIGN_REQUIRED)
    findings.push(
      warn(
        'SIGN_REQUIRED',
        'unsigned requests are accepted',
        'set SIGN_REQUIRED=true when all merchants sign',
      ),
    );
  if (server.NOTICE_ALLOW_PRIVATE)
    findings.push(
      warn(
        'NOTICE_ALLOW_PRIVATE',
        'a merchant’s notifyUrl may point into your own network',
        'set NOTICE_ALLOW_PRIVATE=false, unless all merchants are in your network',
      ),
    );
  if (server.TRUST_PROXY.length === 0 && server.PUBLIC_URL.startsWith('https:'))
    findings.push(
      warn(
        'TRUST_PROXY',
        'PUBLIC_URL is https, but no proxy is trusted: all callers appear to have its address',
        'set TRUST_PROXY to the proxy’s address or network, so that records and the rate limit use the caller’s',
      ),
    );
  return findings;
}
