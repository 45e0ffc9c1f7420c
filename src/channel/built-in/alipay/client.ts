import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { toBeijing } from '../../adapter/beijing-time.ts';
import { parseJson } from '../../adapter/json.ts';
import { type Reply, refusalOf } from '../../adapter/reply.ts';
import { type HttpAnswer, openTransport } from '../../adapter/transport.ts';
import type { AlipayConfig } from './config.ts';
import { encodeParameters, type Parameters, readSignedPart, signParameters } from './gateway-signature.ts';
import { authorize, distrust } from './rest-signature.ts';

const QUERY = 'alipay.trade.query';
const QUERY_ANSWER = 'alipay_trade_query_response';
const SUCCESS = '10000';

export interface AlipayClient {
  /**
   * A signed call of REST v3. Every 2xx has been verified. Never throws, follows no redirect, never retries, and ends
   * within `timeoutMs`. Connections stay open.
   */
  post(path: string, body: Record<string, string>): Promise<Reply>;
  /**
   * A query by the older protocol, which signs refusals as well: a `refusal` from it has been verified. Like `post` in
   * all else.
   */
  querySigned(orderNo: string, now: Date): Promise<Reply>;
  /**
   * A call of the older protocol, signed here and made by the customer's terminal: as a page URL, or as the text that
   * an app passes to Alipay's SDK. `now` is sent in Beijing time, whatever this machine's time zone.
   */
  signed(form: 'page' | 'app', method: string, call: SignedCall, now: Date): Promise<string>;
}

export interface SignedCall {
  notifyUrl: string;
  returnUrl?: string;
  bizContent: Record<string, string>;
}

const answerSchema = z.object({
  code: z.string(),
  sub_code: z.string().catch(''),
  sub_msg: z.string().catch(''),
});

export function createAlipayClient(config: AlipayConfig, timeoutMs: number): AlipayClient {
  const { endpoint, appId, privateKey, publicKey } = config;
  const { origin, pathname } = new URL(endpoint);
  /** The path of a proxy, which Alipay neither sees nor verifies. */
  const prefix = pathname === '/' ? '' : pathname;
  const call = openTransport(origin, timeoutMs);

  /** A POST, with the headers of both protocols. */
  function request(path: string, headers: Record<string, string>, body: string) {
    const common = {
      accept: 'application/json',
      'user-agent': 'autoclose',
      'alipay-request-id': randomUUID().replaceAll('-', ''),
    };
    return { method: 'POST', path: prefix + path, headers: { ...common, ...headers }, body } as const;
  }

  /** All parameters of the older protocol but `biz_content`, which is last and may be sent separately. */
  function publicParameters(method: string, now: Date): Parameters {
    const app = { method, app_id: appId, charset: 'utf-8', version: '1.0', sign_type: 'RSA2' };
    return { ...app, timestamp: toBeijing(now) };
  }

  function readRest(answer: HttpAnswer): Reply {
    const { status, body, statedAt } = answer;
    if (status >= 400) {
      const data = parseJson(body.toString());
      if (data === undefined) return { kind: 'lost', why: `${status} not JSON` };
      const refusal = refusalOf(status, data, statedAt);
      return { ...refusal, code: bareCode(refusal.code) };
    }
    if (status < 200 || status >= 300) return { kind: 'lost', why: `${status} not an answer` };
    const why = distrust(publicKey, answer);
    if (why !== null) return { kind: 'lost', why: `${status} ${why}` };
    return { kind: 'verified', status, data: parseJson(body.toString()), statedAt };
  }

  /** The older protocol answers everything with status 200. */
  function readSignedQuery({ status, body }: HttpAnswer): Reply {
    if (status !== 200) return { kind: 'lost', why: `${status} not an answer` };
    const part = readSignedPart(publicKey, QUERY_ANSWER, body);
    if ('why' in part) return { kind: 'lost', why: `${status} ${part.why}` };
    const { data: answer } = answerSchema.safeParse(part.data);
    if (answer === undefined) return { kind: 'lost', why: `${status} without a code` };
    if (answer.code === SUCCESS) return { kind: 'lost', why: 'two queries contradict each other' };
    return { kind: 'refusal', status: 400, code: bareCode(answer.sub_code), message: answer.sub_msg };
  }

  return {
    post(path, body) {
      const text = JSON.stringify(body);
      const prepare = async () => {
        const authorization = await authorize(config, 'POST', path, text);
        return request(path, { authorization, 'content-type': 'application/json' }, text);
      };
      return call(prepare, readRest);
    },
    querySigned(orderNo, now) {
      const content = { biz_content: JSON.stringify({ out_trade_no: orderNo }) };
      const prepare = async () => {
        const parameters = { ...publicParameters(QUERY, now), ...content };
        const { biz_content: _sentInBody, ...rest } = await signParameters(parameters, privateKey);
        const type = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' };
        return request(`/gateway.do?${encodeParameters(rest)}`, type, encodeParameters(content));
      };
      return call(prepare, readSignedQuery);
    },
    async signed(form, method, { notifyUrl, returnUrl, bizContent }, now) {
      const parameters = {
        ...publicParameters(method, now),
        notify_url: notifyUrl,
        ...(returnUrl !== undefined && { return_url: returnUrl }),
        biz_content: JSON.stringify(bizContent),
      };
      const text = encodeParameters(await signParameters(parameters, privateKey));
      return form === 'page' ? `${endpoint}/gateway.do?${text}` : text;
    },
  };
}

/** Removes the prefix that the tables in `codes.ts` leave out. */
function bareCode(code: string): string {
  return code.replace(/^(isv|isp|aop)\./, '');
}
