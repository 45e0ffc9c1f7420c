import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';

/** As `content-encoding` names them. */
const decoders = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateEither,
  br: brotliDecompressSync,
} as const;
/** More than any server applies one after the other. */
const MAX_LAYERS = 2;

/**
 * The text of an answer: without its content encodings, at most `maxBytes` long however well it is packed, in the charset
 * that it states, UTF-8 otherwise. Null where it cannot be decoded or is longer.
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

/** DaxPay's own sender reads the body alone: SUCCESS, in any case, also as a JSON string. */
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

/** Some servers leave out the header that `deflate` has. */
function inflateEither(bytes: Buffer, options: ZlibOptions): Buffer {
  try {
    return inflateSync(bytes, options);
  } catch {
    return inflateRawSync(bytes, options);
  }
}
