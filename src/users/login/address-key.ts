import ipaddr from 'ipaddr.js';

/** Whom an address stands for. Somebody with IPv6 has 2^64 addresses of his own: they count as one. */
export function addressKey(ip: string): string {
  if (!ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return address.parts.slice(0, 4).map(group).join(':');
}

/** How all keys of an IPv6 site (/48: what a provider gives to one customer) begin; null: it is no key of IPv6. */
export function siteOf(key: string): string | null {
  return key.includes(':') ? key.slice(0, 'xxxx:xxxx:xxxx:'.length) : null;
}

/** All four digits, so that one network's keys begin alike. */
function group(part: number): string {
  return part.toString(16).padStart(4, '0');
}
