import { Agent, request } from 'undici';
import type { Clock } from '../../../platform/clock/clock.ts';
import { TimeoutError, withTimeout } from '../../../platform/timeout.ts';
import { codeOfError, MAX_ANSWER_BYTES, type Reply, statedTime } from '../../adapter/reply.ts';
import type { CertificateCheck } from './certificate.ts';
import type { UnionpayConfig } from './config.ts';
import { type Fields, parseAnswer } from './fields.ts';
import { distrust, SIGN_METHOD, signatureOf, VERSION } from './signature.ts';

/** Idle connections are closed after this, before a firewall or proxy on the way drops them. */
const IDLE_CONNECTION_MS = 30_000;

interface HttpAnswer {
  status: number;
  statedAt: Date | undefined;
  text: string;
}

/** A background transaction (后台交易), or a query about one (交易状态查询). */
export type UnionpayCall = 'backTransReq' | 'queryTrans';

export type UnionpayClient = (call: UnionpayCall, fields: Fields) => Promise<Reply>;

/**
 * Signed calls to the ACP gateway. The `data` of a verified answer are its fields, whatever its `respCode`; the
 * gateway signs refusals too, so a `refusal` here comes from a proxy in front of it. Never throws, follows no
 * redirect, never retries, and ends within `timeoutMs`. Connections stay open.
 */
export function createUnionpayClient(
  config: UnionpayConfig,
  timeoutMs: number,
  checkCertificate: CertificateCheck,
  clock: Clock,
): UnionpayClient {
  const { baseUrl, merId, certId, privateKey } = config;
  const dispatcher = new Agent({ maxResponseSize: MAX_ANSWER_BYTES, keepAliveTimeout: IDLE_CONNECTION_MS });
  const common = {
    version: VERSION,
    encoding: 'UTF-8',
    signMethod: SIGN_METHOD,
    certId,
    accessType: '0',
    merId,
  };

  async function post(call: UnionpayCall, body: string): Promise<HttpAnswer> {
    return withTimeout(timeoutMs, async (signal) => {
      const response = await request(`${baseUrl}/gateway/api/${call}.do`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        body,
        dispatcher,
        signal,
      });
      const { statusCode: status, headers } = response;
      return { status, statedAt: statedTime(headers.date), text: await response.body.text() };
    });
  }

  return async (call, fields) => {
    const message = { ...common, ...fields };
    const body = new URLSearchParams({ ...message, signature: signatureOf(message, privateKey) });
    try {
      const { status, statedAt, text } = await post(call, body.toString());
      if (status >= 400) return { kind: 'refusal', status, code: '', message: '', statedAt };
      if (status !== 200) return { kind: 'lost', why: `${status} not an answer` };
      const data = parseAnswer(text);
      const why = data === null ? 'without a signature' : distrust(checkCertificate, data, clock.now());
      return why === null
        ? { kind: 'verified', status, data, statedAt }
        : { kind: 'lost', why: `${status} ${why}` };
    } catch (error) {
      return {
        kind: 'lost',
        why: error instanceof TimeoutError ? error.message : `no answer: ${codeOfError(error)}`,
      };
    }
  };
}
