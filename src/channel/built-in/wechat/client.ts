import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { Pool } from 'undici';
import { z } from 'zod';
import { systemClock } from '../../../platform/clock/clock.ts';
import { TimeoutError, withTimeout } from '../../../platform/timeout.ts';
import { parseJson } from '../../adapter/json.ts';
import { codeOfError, MAX_ANSWER_BYTES, type Reply, statedTime } from '../../adapter/reply.ts';
import type { WechatConfig } from './config.ts';
import { distrust } from './signature.ts';

/** Idle connections are closed after this, before a firewall or proxy on the way drops them. */
const IDLE_CONNECTION_MS = 30_000;
/** Further concurrent calls wait for a connection. */
const MAX_CONNECTIONS = 128;
const SCHEME = 'WECHATPAY2-SHA256-RSA2048';

export interface WechatRequest {
  method: 'GET' | 'POST';
  /** Without a leading slash. */
  path: string;
  query?: Record<string, string>;
  body?: object;
}

export type WechatClient = (request: WechatRequest) => Promise<Reply>;

/** Signs on libuv's thread pool: meanwhile this thread does other work. */
const signInPool: (algorithm: string, text: Buffer, key: KeyObject) => Promise<Buffer> = promisify(sign);

const refusalSchema = z.object({ code: z.string().catch(''), message: z.string().catch('') });
const noRefusal = { code: '', message: '' };

/**
 * Signed calls to WeChat Pay API v3. Every 2xx has been verified: signature, signing key and age. Requests are signed with
 * this machine's time. Never throws, follows no redirect, never retries, and ends within `timeoutMs`. Connections stay open,
 * at most `MAX_CONNECTIONS`.
 */
export function createWechatClient(config: WechatConfig, timeoutMs: number): WechatClient {
  const { mchId, serialNo, privateKey, publicKeys, publicKeyId } = config;
  const base = new URL(config.baseUrl);
  const pool = new Pool(base.origin, {
    connections: MAX_CONNECTIONS,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
  });

  /** The `Authorization` header (WeChat Pay signing page): over the method, the path with its query, and the body. */
  async function authorize(method: string, path: string, body: string): Promise<string> {
    const timestamp = Math.floor(systemClock.now().getTime() / 1000);
    const nonce = randomBytes(16).toString('hex');
    const text = `${method}\n${path}\n${timestamp}\n${nonce}\n${body}\n`;
    const signature = (await signInPool('sha256', Buffer.from(text), privateKey)).toString('base64');
    return `${SCHEME} mchid="${mchId}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serialNo}"`;
  }

  return async ({ method, path, query, body }) => {
    const target = `${base.pathname}${path}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    try {
      return await withTimeout(timeoutMs, async (signal) => {
        const response = await pool.request({
          method,
          path: target,
          headers: {
            accept: 'application/json',
            'user-agent': 'autoclose',
            authorization: await authorize(method, target, text),
            'wechatpay-serial': publicKeyId,
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          body: body === undefined ? null : text,
          signal,
        });
        const { statusCode: status, headers } = response;
        const answer = Buffer.from(await response.body.arrayBuffer());
        const statedAt = statedTime(headers.date);
        if (status >= 400) {
          const read = refusalSchema.safeParse(parseJson(answer.toString()));
          return { kind: 'refusal', status, ...(read.data ?? noRefusal), statedAt };
        }
        if (status < 200 || status >= 300) return { kind: 'lost', why: `${status} not an answer` };
        const why = distrust(publicKeys, { headers, body: answer }, systemClock.now());
        if (why !== null) return { kind: 'lost', why: `${status} ${why}` };
        return { kind: 'verified', status, data: parseJson(answer.toString()), statedAt };
      });
    } catch (error) {
      const isLate = error instanceof TimeoutError;
      return { kind: 'lost', why: isLate ? error.message : `no answer: ${codeOfError(error)}` };
    }
  };
}
