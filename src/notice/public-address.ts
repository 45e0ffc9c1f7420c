import ipaddr from 'ipaddr.js';

/** All of the internet's IPv6 is here; IPv4-compatible, local and translated addresses are elsewhere. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Looks public, but is the host under every virtual machine at Azure. */
const AZURE_HOST = '168.63.129.16';

/**
 * True for an address of the public internet: not loopback, private, link-local (where clouds keep their secrets),
 * shared, multicast or reserved, and no IPv6 spelling of an IPv4 address, whatever that may be: mapped, NAT64, 6to4,
 * Teredo.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast' || parsed.toString() === AZURE_HOST) return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
