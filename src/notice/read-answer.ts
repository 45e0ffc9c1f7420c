import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';

/** By their names in `content-encoding`. */
const decoders = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateEither,
  br: brotliDecompressSync,
} as const;
/** More than any server applies. */
const MAX_LAYERS = 2;

/**
 * Decodes an answer's body to text, in its stated charset or UTF-8. Null if it cannot be decoded, or if it decompresses to
 * more than `maxBytes`.
 */
export function readAnswer(
  bytes: Buffer,
  headers: { encoding: string | undefined; type: string | undefined },
  maxBytes: number,
): string | null {
  const layers = (headers.encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (layers.length > MAX_LAYERS) return null;
  let content = bytes;
  try {
    for (const layer of layers.reverse()) {
      const unpack = Object.hasOwn(decoders, layer) ? decoders[layer as keyof typeof decoders] : null;
      if (unpack === null) return null;
      content = unpack(content, { maxOutputLength: maxBytes });
    }
    return decode(content, headers.type);
  } catch {
    return null;
  }
}

/** SUCCESS in any case, also as a JSON string. Like DaxPay's own sender, only reads the body. */
export function isSuccess(answer: string): boolean {
  const text = answer.trim();
  const unquoted = /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
  return unquoted.trim().toUpperCase() === 'SUCCESS';
}

function decode(bytes: Buffer, type: string | undefined): string {
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(type ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** Some servers omit the zlib header of `deflate`. */
function inflateEither(bytes: Buffer, options: ZlibOptions): Buffer {
  try {
    return inflateSync(bytes, options);
  } catch {
    return inflateRawSync(bytes, options);
  }
}
