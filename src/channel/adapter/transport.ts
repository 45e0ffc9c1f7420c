import { Pool } from 'undici';
import { TimeoutError, withTimeout } from '../../platform/timeout.ts';
import { codeOfError, MAX_ANSWER_BYTES, type Reply, statedTime } from './reply.ts';
import type { Signed } from './signature.ts';

/** Idle connections are closed after this, before a firewall or proxy on the way drops them. */
const IDLE_CONNECTION_MS = 30_000;
/** Further concurrent calls wait for a connection. */
const MAX_CONNECTIONS = 128;

export interface HttpRequest {
  method: 'GET' | 'POST';
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  /** Empty: none. */
  body: string;
}

/** An answer of whatever status, with its body as it came. `statedAt`: its `Date` header. */
export interface HttpAnswer extends Signed {
  status: number;
  statedAt: Date | undefined;
}

export type Transport = (
  prepare: () => Promise<HttpRequest>,
  read: (answer: HttpAnswer) => Reply,
) => Promise<Reply>;

/**
 * Calls to one gateway: sends what `prepare` signs, and replies what `read` makes of the answer. Never throws, follows no
 * redirect, never retries, and ends within `timeoutMs`, signing included; without an answer the reply is `lost`. Connections
 * stay open, at most `MAX_CONNECTIONS`. Reads no answer longer than `MAX_ANSWER_BYTES`.
 */
export function openTransport(origin: string, timeoutMs: number): Transport {
  const pool = new Pool(origin, {
    connections: MAX_CONNECTIONS,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  return async (prepare, read) => {
    try {
      return await withTimeout(timeoutMs, async (signal) => {
        const request = await prepare();
        const { statusCode: status, headers, body } = await pool.request({ ...request, signal });
        const bytes = Buffer.from(await body.arrayBuffer());
        return read({ status, headers, body: bytes, statedAt: statedTime(headers.date) });
      });
    } catch (error) {
      const isLate = error instanceof TimeoutError;
      return { kind: 'lost', why: isLate ? error.message : `no answer: ${codeOfError(error)}` };
    }
  };
}
