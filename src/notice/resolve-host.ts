import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** A DNS query is repeated once after this time, ms. */
const DNS_TIMEOUT_MS = 1_000;

/** `refused`: it has addresses, but none on the public internet. */
export type Resolved =
  | { kind: 'addresses'; addresses: [LookupAddress, ...LookupAddress[]] }
  | { kind: 'refused' }
  | { kind: 'unknown' };

export type ResolveHost = (hostname: string) => Promise<Resolved>;

/**
 * Resolves a URL's host to its public addresses only, so that it is safe to connect to exactly these. Queries DNS directly,
 * not the system's resolver, whose few threads would all block on the first dead name server.
 */
export function createPublicResolver(
  dns: Pick<Resolver, 'resolve4' | 'resolve6'> = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 }),
): ResolveHost {
  return async (hostname) => {
    const literal = asAddress(hostname);
    if (literal !== null) return publicOnly([literal]);
    if (/(?:^|\.)localhost\.?$/i.test(hostname)) return { kind: 'refused' };
    const [four, six] = await Promise.all([
      dns.resolve4(hostname).catch(() => []),
      dns.resolve6(hostname).catch(() => []),
    ]);
    return publicOnly([
      ...four.map((address) => ({ address, family: 4 })),
      ...six.map((address) => ({ address, family: 6 })),
    ]);
  };
}

/** Resolves to any address by the system's resolver, with hosts file and search domains: for intranets. */
export const resolveAnywhere: ResolveHost = async (hostname) => {
  const literal = asAddress(hostname);
  if (literal !== null) return { kind: 'addresses', addresses: [literal] };
  const [first, ...others] = await lookup(hostname, { all: true }).catch(() => []);
  return first === undefined ? { kind: 'unknown' } : { kind: 'addresses', addresses: [first, ...others] };
};

function publicOnly(found: LookupAddress[]): Resolved {
  const [first, ...others] = found.filter(({ address }) => isPublicAddress(address));
  if (first !== undefined) return { kind: 'addresses', addresses: [first, ...others] };
  return { kind: found.length > 0 ? 'refused' : 'unknown' };
}

/** The address, if a URL's host is one. The URL parser has normalized every form of IPv4 to four decimals. */
function asAddress(hostname: string): LookupAddress | null {
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  return family === 0 ? null : { address, family };
}
