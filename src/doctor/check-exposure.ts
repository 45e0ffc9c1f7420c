import { isIP } from 'node:net';
import type { Config } from '../config.ts';
import { isPublicAddress } from '../notice/public-address.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

const MIN_SECRET_LENGTH = 16;
const MIN_SECRET_CHARACTERS = 8;
const ASK_MS = 5_000;

/**
 * What strangers can reach and what protects it. What would be dangerous in production is only a warning while every
 * channel is a simulator on this network.
 */
export function checkExposure(config: Config): Check {
  const problem = isProduction(config) ? fail : warn;
  return {
    name: 'exposure',
    run: async () => [await publicUrl(config, problem), secret(config, problem), ...switches(config)],
  };
}

type Problem = (check: string, found: string, mend: string) => Finding;

function isProduction({ channels }: Config): boolean {
  return channels.some(({ endpoint }) => looksPublic(new URL(endpoint)));
}

/** By its name alone: no address of a private network, and a name with a dot in it. */
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
  const mend = 'set PUBLIC_URL to the https address at which the channels reach this API from the internet';
  if (!looksPublic(url)) return problem(check, `${url.host} cannot be reached from the internet`, mend);
  if (url.protocol !== 'https:') return problem(check, 'is not https', mend);
  if (url.search !== '') return problem(check, 'has a query, which the channels forbid', mend);
  if (await answers(`${server.PUBLIC_URL}/healthz`)) return ok(check, `${url.host} answers here`);
  return warn(
    check,
    `${url.host} does not answer this machine at /healthz`,
    'see that `autoclose serve` runs and the proxy leads there; ignore it if only the internet can reach it',
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
  const found = 'can be guessed: whoever does can close and create orders';
  return problem(
    'SIGN_SECRET',
    found,
    'make one with `openssl rand -hex 32`, and give it to the merchants’ SDK',
  );
}

function switches({ server }: Config): Finding[] {
  const findings: Finding[] = [];
  if (!server.SIGN_REQUIRED)
    findings.push(
      warn(
        'SIGN_REQUIRED',
        'unsigned requests are accepted',
        'set SIGN_REQUIRED=true once all merchants sign',
      ),
    );
  if (server.NOTICE_ALLOW_PRIVATE)
    findings.push(
      warn(
        'NOTICE_ALLOW_PRIVATE',
        'a merchant’s notifyUrl may lead into your own network',
        'set NOTICE_ALLOW_PRIVATE=false, unless all merchants are inside it',
      ),
    );
  if (server.TRUST_PROXY.length === 0 && server.PUBLIC_URL.startsWith('https:'))
    findings.push(
      warn(
        'TRUST_PROXY',
        'a proxy stands in front (https), but none is trusted: every caller has its address',
        'set TRUST_PROXY to the proxy’s address or network, so that records and the rate limit see the caller',
      ),
    );
  return findings;
}
