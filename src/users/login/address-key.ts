import ipaddr from 'ipaddr.js';

/** The client behind an address. An IPv6 client has 2^64 addresses: they count as one. */
export function addressKey(ip: string): string {
  if (!ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return address.parts.slice(0, 4).map(group).join(':');
}

/** The prefix shared by all keys of an IPv6 site (/48: what a provider assigns to one customer); null for IPv4. */
export function siteOf(key: string): string | null {
  return key.includes(':') ? key.slice(0, 'xxxx:xxxx:xxxx:'.length) : null;
}

/** Padded to four digits, so that keys of one network share a prefix. */
function group(part: number): string {
  return part.toString(16).padStart(4, '0');
}
