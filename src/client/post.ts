import { AutocloseError, protocolError } from './errors.ts';

/** Real answers have a few KiB. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface PostOptions {
  fetch: typeof globalThis.fetch;
  /** For the whole exchange, ms. */
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/**
 * Posts JSON and returns the answer's text. Throws an AutocloseError for anything but a complete answer with status 200, and
 * the reason of `signal` if the caller aborted.
 */
export async function postJson(url: string, body: string, options: PostOptions): Promise<string> {
  const { signal } = options;
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await options.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new AutocloseError('transport', `the gateway answered with status ${response.status}`);
    }
    return decode(await readBody(response));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AutocloseError) throw error;
    if (timeout.aborted) {
      throw new AutocloseError('timeout', `no answer in ${options.timeoutMs} ms`, error);
    }
    throw new AutocloseError('transport', 'the gateway cannot be reached', error);
  }
}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      throw new AutocloseError('transport', `the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Throws a protocol error if it is not UTF-8. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw protocolError('not UTF-8');
  }
}
