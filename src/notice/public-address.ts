import ipaddr from 'ipaddr.js';

/** All public IPv6 addresses are in this range; IPv4-compatible, local and translated ones are not. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Looks public, but is the host of every Azure virtual machine. */
const AZURE_HOST = '168.63.129.16';

/**
 * True for an address on the public internet: not loopback, private, link-local (cloud metadata), shared, multicast or
 * reserved, and not an IPv6 form of an IPv4 address (mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast' || parsed.toString() === AZURE_HOST) return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
