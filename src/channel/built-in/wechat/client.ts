import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Decorator } from 'wechatpay-axios-plugin';
import { z } from 'zod';
import { TimeoutError, withTimeout } from '../../../platform/timeout.ts';
import { lookUp, MAX_ANSWER_BYTES, type Reply, statedTime } from '../../adapter/reply.ts';
import { verificationFailures } from './answers/codes.ts';
import type { WechatConfig } from './config.ts';

/** Idle connections are closed after this, before a firewall or proxy on the way drops them. */
const IDLE_CONNECTION_MS = 30_000;

export interface WechatRequest {
  method: 'GET' | 'POST';
  /** Without a leading slash. */
  path: string;
  query?: Record<string, string>;
  body?: object;
}

export type WechatClient = (request: WechatRequest) => Promise<Reply>;

/**
 * Signed calls to WeChat Pay API v3. Every 2xx has been verified: signature, signing key and age. Never throws,
 * follows no redirect, never retries, and ends within `timeoutMs`. Connections stay open.
 */
export function createWechatClient(config: WechatConfig, timeoutMs: number): WechatClient {
  const connections = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
  const options = {
    mchid: config.mchId,
    serial: config.serialNo,
    privateKey: config.privateKey,
    certs: { ...config.publicKeys },
    baseURL: config.baseUrl,
    headers: { 'Wechatpay-Serial': config.publicKeyId },
    httpAgent: new HttpAgent(connections),
    httpsAgent: new HttpsAgent(connections),
    proxy: false,
    timeout: timeoutMs,
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
  };
  const http = Decorator.jsonBased(options);

  return async ({ method, path, query, body }) => {
    try {
      const { status, data, headers } = await withTimeout(timeoutMs, (signal) =>
        http.request<unknown>({ method, url: path, params: query, data: body, signal }),
      );
      return { kind: 'verified', status, data, statedAt: statedTime(headers.date) };
    } catch (error) {
      return readFailure(error, timeoutMs);
    }
  };
}

const failureSchema = z.object({
  code: z.string().catch(''),
  response: z
    .object({
      status: z.number(),
      data: z.unknown(),
      headers: z.object({ date: z.unknown() }).optional().catch(undefined),
    })
    .optional(),
});

const refusalSchema = z.object({ code: z.string().catch(''), message: z.string().catch('') });

/** An axios error, its cause, or any other thrown value. */
function readFailure(error: unknown, timeoutMs: number): Reply {
  if (error instanceof TimeoutError) return { kind: 'lost', why: error.message };
  const failure = failureSchema.safeParse(error);
  if (!failure.success) return { kind: 'lost', why: 'failed' };
  const { code, response } = failure.data;
  if (response === undefined) {
    const timedOut = code === 'ECONNABORTED' || code === 'ETIMEDOUT';
    return { kind: 'lost', why: timedOut ? `timeout after ${timeoutMs} ms` : `no answer: ${code}` };
  }
  const { status, data, headers } = response;
  if (status < 400) {
    const why = lookUp(verificationFailures, code) ?? 'not an answer';
    return { kind: 'lost', why: `${status} ${why}` };
  }
  const body = refusalSchema.safeParse(data);
  const said = body.success ? body.data : { code: '', message: '' };
  return { kind: 'refusal', status, ...said, statedAt: statedTime(headers?.date) };
}
