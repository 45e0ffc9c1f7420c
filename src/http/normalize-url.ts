/** Characters whose percent-encoding has no special meaning, and the slash. */
const PLAIN = /^[\w.~/-]$/;

/**
 * Normalizes a request's target: removes the host that a proxy's client puts first, needless percent-encoding, and repeated
 * slashes, as a base URL that ends in one produces. The query stays.
 */
export function normalizeUrl(url: string): string {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  const plain = path
    .replace(/%([0-9a-f]{2})/gi, (encoded, hex) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return PLAIN.test(character) ? character : encoded;
    })
    .replace(/\/{2,}/g, '/');
  return `${plain.startsWith('/') ? '' : '/'}${plain}${target.slice(path.length)}`;
}
