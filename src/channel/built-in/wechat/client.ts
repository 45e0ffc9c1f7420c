import { randomBytes } from 'node:crypto';
import { systemClock } from '../../../platform/clock/clock.ts';
import { parseJson } from '../../adapter/json.ts';
import { type Reply, refusalOf } from '../../adapter/reply.ts';
import { signText } from '../../adapter/signature.ts';
import { type HttpAnswer, openTransport } from '../../adapter/transport.ts';
import type { WechatConfig } from './config.ts';
import { distrust } from './signature.ts';

const SCHEME = 'WECHATPAY2-SHA256-RSA2048';

export interface WechatRequest {
  method: 'GET' | 'POST';
  /** Without a leading slash. */
  path: string;
  query?: Record<string, string>;
  body?: object;
}

export type WechatClient = (request: WechatRequest) => Promise<Reply>;

/**
 * Signed calls to WeChat Pay API v3. Every 2xx has been verified: signature, signing key and age. Requests are signed with
 * this machine's time. Never throws, follows no redirect, never retries, and ends within `timeoutMs`. Connections stay open.
 */
export function createWechatClient(config: WechatConfig, timeoutMs: number): WechatClient {
  const { mchId, serialNo, privateKey, publicKeys, publicKeyId } = config;
  const base = new URL(config.baseUrl);
  const call = openTransport(base.origin, timeoutMs);

  /** The `Authorization` header (WeChat Pay signing page): over the method, the path with its query, and the body. */
  async function authorize(method: string, path: string, body: string): Promise<string> {
    const timestamp = Math.floor(systemClock.now().getTime() / 1000);
    const nonce = randomBytes(16).toString('hex');
    const text = `${method}\n${path}\n${timestamp}\n${nonce}\n${body}\n`;
    const signature = await signText(text, privateKey);
    return `${SCHEME} mchid="${mchId}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serialNo}"`;
  }

  function read(answer: HttpAnswer): Reply {
    const { status, body, statedAt } = answer;
    if (status >= 400) return refusalOf(status, parseJson(body.toString()), statedAt);
    if (status < 200 || status >= 300) return { kind: 'lost', why: `${status} not an answer` };
    const why = distrust(publicKeys, answer, systemClock.now());
    if (why !== null) return { kind: 'lost', why: `${status} ${why}` };
    return { kind: 'verified', status, data: parseJson(body.toString()), statedAt };
  }

  return ({ method, path, query, body }) => {
    const target = `${base.pathname}${path}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const prepare = async () => ({
      method,
      path: target,
      headers: {
        accept: 'application/json',
        'user-agent': 'autoclose',
        authorization: await authorize(method, target, text),
        'wechatpay-serial': publicKeyId,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: text,
    });
    return call(prepare, read);
  };
}
