/** What may be written in place of `%xx` without another meaning, and the slash. */
const PLAIN = /^[\w.~/-]$/;

/**
 * A request's target as its path is registered: without the host that a proxy's client puts before it, without
 * needless percent-encoding, and with one slash where a base URL that ends in one makes two. The query stays.
 */
export function plainUrl(url: string): string {
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
