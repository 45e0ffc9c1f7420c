/** The charsets that Alipay writes notifications in. */
export type Charset = 'utf-8' | 'gbk';

/** Encodes text in a charset; a character that GBK lacks becomes `?`. */
export function encode(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text);
  const table = gbkTable();
  return Buffer.concat([...text].map((char) => table.get(char) ?? Buffer.from('?')));
}

/** Builds a form from the bytes of its values. */
export function formOf(params: Record<string, string>, charset: Charset): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${percent(encode(value, charset))}`)
    .join('&');
}

function percent(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (/[0-9A-Za-z._-]/.test(char)) return char;
      return char === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

let gbk: Map<string, Buffer> | undefined;

/** Node decodes GBK but does not encode it; this is its decoding table, inverted. */
function gbkTable(): Map<string, Buffer> {
  if (gbk !== undefined) return gbk;
  gbk = new Map();
  const decoder = new TextDecoder('gbk');
  for (let byte = 0; byte < 0x80; byte += 1) gbk.set(String.fromCharCode(byte), Buffer.from([byte]));
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const bytes = Buffer.from([lead, trail]);
      const char = decoder.decode(bytes);
      if ([...char].length === 1 && char !== '\uFFFD' && !gbk.has(char)) gbk.set(char, bytes);
    }
  }
  return gbk;
}
