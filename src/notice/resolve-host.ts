import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** One question to the DNS is repeated once, after this, ms. */
const DNS_TIMEOUT_MS = 1_000;

/** `refused`: it has addresses, but none on the public internet. */
export type Resolved =
  | { kind: 'addresses'; addresses: [LookupAddress, ...LookupAddress[]] }
  | { kind: 'refused' }
  | { kind: 'unknown' };

export type ResolveHost = (hostname: string) => Promise<Resolved>;

/**
 * Finds a URL's host on the public internet. Whatever else it resolves to is left out, so connecting to what is
 * returned, and only to that, needs no second look. Asks the DNS alone, not the system's resolver: that one's few
 * threads would all wait for the first dead name server.
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

/** Any address, as the system resolves it, with its hosts file and search domains: for intranets. */
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

/** A URL's host that is an address; the URL's parser has put every spelling of IPv4 into four decimals. */
function asAddress(hostname: string): LookupAddress | null {
  const address = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  return family === 0 ? null : { address, family };
}
