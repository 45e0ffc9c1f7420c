import { AlipayRequestError, AlipaySdk } from 'alipay-sdk';
import { TimeoutError, withTimeout } from '../../../platform/timeout.ts';
import { toBeijing } from '../../adapter/beijing-time.ts';
import { type Reply, statedTime } from '../../adapter/reply.ts';
import type { AlipayConfig } from './config.ts';
import { openConnections, singleRequest } from './single-request.ts';

/** Prefix of the SDK's error message for an answer of the older protocol without Alipay's valid signature. */
const UNVERIFIED = '验签失败';

export interface AlipayClient {
  /**
   * A signed call of REST v3. An answer with status 200 has been verified. Never throws, follows no redirect, never
   * retries, and ends within `timeoutMs`. Connections stay open.
   */
  post(path: string, body: Record<string, string>): Promise<Reply>;
  /**
   * A query by the older protocol, which signs refusals as well: a `refusal` from it has been verified. Ends within
   * `timeoutMs`.
   */
  querySigned(orderNo: string, now: Date): Promise<Reply>;
  /**
   * A call of the older protocol, signed here and made by the customer's terminal: as a page URL, or as the text that
   * an app passes to Alipay's SDK. `now` is sent in Beijing time, whatever this machine's time zone.
   */
  signed(form: 'page' | 'app', method: string, call: SignedCall, now: Date): string;
}

export interface SignedCall {
  notifyUrl: string;
  returnUrl?: string;
  bizContent: Record<string, string>;
}

export function createAlipayClient(config: AlipayConfig, timeoutMs: number): AlipayClient {
  const connections = openConnections();
  const sdk = new AlipaySdk({
    appId: config.appId,
    privateKey: 'see below',
    alipayPublicKey: 'see below',
    endpoint: config.endpoint,
    gateway: `${config.endpoint}/gateway.do`,
    timeout: timeoutMs,
    proxyAgent: connections,
  });
  // The SDK accepts only PEM text, and would parse it for every signature. It passes its keys to node:crypto, which
  // also accepts parsed keys.
  Object.assign(sdk.config, { privateKey: config.privateKey, alipayPublicKey: config.publicKey });

  return {
    async post(path, body) {
      let statedAt: Date | undefined;
      const onDate = (date: unknown) => {
        statedAt = statedTime(date);
      };
      try {
        const { data, responseHttpStatus: status } = await withTimeout(timeoutMs, (signal) =>
          sdk.curl<unknown>('POST', path, {
            body,
            requestTimeout: timeoutMs,
            agent: singleRequest(connections, signal, onDate),
          }),
        );
        return { kind: 'verified', status, data, statedAt };
      } catch (error) {
        return { ...readFailure(error), statedAt };
      }
    },
    async querySigned(orderNo, now) {
      // The SDK would send the process's local time.
      const params = { timestamp: toBeijing(now), bizContent: { out_trade_no: orderNo } };
      try {
        const { code, subCode, subMsg } = await withTimeout(timeoutMs, () =>
          sdk.exec('alipay.trade.query', params, { validateSign: true }),
        );
        if (code === '10000') return { kind: 'lost', why: 'two queries contradict each other' };
        return { kind: 'refusal', status: 400, code: bareCode(subCode), message: subMsg ?? '' };
      } catch (error) {
        return readFailure(error);
      }
    },
    signed(form, method, call, now) {
      const params = { ...call, timestamp: toBeijing(now) };
      return form === 'page' ? sdk.pageExecute(method, 'GET', params) : sdk.sdkExecute(method, params);
    },
  };
}

/**
 * Converts an SDK error. The text of the SDK's errors is never passed on: it contains signatures and whole bodies.
 * Only the text of an answer with HTTP 4xx or 5xx is Alipay's.
 */
function readFailure(error: unknown): Reply {
  if (error instanceof TimeoutError) return { kind: 'lost', why: error.message };
  if (error instanceof SyntaxError) return { kind: 'lost', why: 'answer is not JSON' };
  if (!(error instanceof AlipayRequestError)) return { kind: 'lost', why: 'answer without a signature' };
  const { code, message, traceId, responseHttpStatus: status } = error;
  if (status === undefined) {
    const isUnverified = message.startsWith(UNVERIFIED);
    return { kind: 'lost', why: isUnverified ? 'bad signature' : `no answer: ${causeOf(error)}` };
  }
  if (status < 400) return { kind: 'lost', why: `${status} bad signature` };
  return {
    kind: 'refusal',
    status,
    code: bareCode(code),
    message: message.replace(` (traceId: ${traceId})`, ''),
  };
}

function causeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return 'failed';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

/** Removes the prefix that the tables in `codes.ts` leave out. */
function bareCode(code: unknown): string {
  return typeof code === 'string' ? code.replace(/^(isv|isp|aop)\./, '') : '';
}
