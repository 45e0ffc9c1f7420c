import type { Distortion, ScriptedFault } from '../../exchange/faults.ts';
import { header, type WireReply, type WireRequest } from '../../exchange/wire.ts';
import { asText, parseJsonObject } from '../../format/json-object.ts';
import type { Answer, Call } from '../../gateway/call.ts';
import type { World } from '../world.ts';
import { findMethod, orderNoOf, performMethod } from './methods.ts';
import { type AlipayResult, bareStatus, refused, restAnswer, scriptedResult } from './results.ts';
import { isSignedBy, restReplyText, restRequestText, signText } from './signing.ts';

/** Older requests are rejected (Alipay REST v3 signing page). */
const MAX_AGE_MS = 10 * 60_000;
const DEFAULT_SKEW_S = 600;
const AUTHORIZATION = /^ALIPAY-SHA256withRSA (.+),sign=([^,]+)$/;
const NOT_FOUND: Answer = { status: 404, code: null, body: '', signed: false };

/** `POST /v3/alipay/trade/*`: JSON in and out, the signature in headers. */
export function understandRest(world: World, request: WireRequest): Call {
  const method = findMethod(request.path.slice('/v3/'.length).replaceAll('/', '.'));
  const known = method !== null && method.forCustomers !== true && request.method === 'POST';
  const body = parseJsonObject(request.body.toString()) ?? {};
  const distrusted = distrust(world, request);
  return {
    channel: 'ali_pay',
    protocol: 'alipay-v3',
    operation: known ? method.operation : null,
    orderNo: orderNoOf(world, body),
    verified: distrusted === null || distrusted.ok ? 'ok' : distrusted.code,
    perform(staleness) {
      if (!known) return NOT_FOUND;
      if (distrusted !== null) return restAnswer(distrusted);
      const notifyUrl = asText(body.notify_url);
      return restAnswer(performMethod(world, method, { body, notifyUrl, staleness }));
    },
    script,
    render: (answer, distortion) => render(world, answer, distortion),
  };
}

/** Null if the app's signature is valid. Without credentials the answer is 400 missing-timestamp (probes). */
function distrust(world: World, request: WireRequest): AlipayResult | null {
  const [, authString, sign] = AUTHORIZATION.exec(header(request, 'authorization')) ?? [];
  if (authString === undefined || sign === undefined) {
    return refused('40001', 'isv.missing-timestamp', '缺少时间戳参数');
  }
  const fields = new Map(authString.split(',').map((pair) => [pair.split('=')[0], pair.split('=')[1]]));
  const { appId, app } = world.keys.alipay;
  if (fields.get('app_id') !== appId) return refused('40002', 'isv.invalid-app-id', '无效的AppID参数');
  if (!(Math.abs(Date.now() - Number(fields.get('timestamp'))) <= MAX_AGE_MS)) {
    return refused('40002', 'isv.invalid-timestamp', '非法的时间戳参数');
  }
  const text = restRequestText({
    authString,
    method: request.method,
    target: request.target,
    body: request.body.toString(),
    appAuthToken: header(request, 'alipay-app-auth-token'),
  });
  return isSignedBy(text, sign, app.publicKey) ? null : refused('40002', 'isv.invalid-signature', '验签出错');
}

function script(fault: ScriptedFault): Answer {
  if (fault.kind === 'status') return bareStatus(fault);
  const result = scriptedResult(fault);
  return result === null ? bareStatus({ kind: 'status', status: 500 }) : restAnswer(result);
}

/** Signs 200 replies over the exact bytes; errors are not signed. */
function render(world: World, answer: Answer, distortion: Distortion | null): WireReply {
  const skewMs = distortion?.kind === 'timestamp_skew' ? (distortion.seconds ?? DEFAULT_SKEW_S) * 1000 : 0;
  const timestamp = String(Date.now() - skewMs);
  const nonce = world.random.text(32);
  const forged = distortion?.kind === 'bad_signature' || distortion?.kind === 'signtest';
  const key = forged ? world.keys.stranger.privateKey : world.keys.alipay.platform.privateKey;
  const signature = {
    'alipay-timestamp': timestamp,
    'alipay-nonce': nonce,
    'alipay-signature': signText(restReplyText(timestamp, nonce, answer.body), key),
    ...(distortion?.kind === 'unknown_serial' ? { 'alipay-sn': 'f'.repeat(32) } : {}),
  };
  const signed = answer.signed && distortion?.kind !== 'missing_headers';
  const html = answer.body.startsWith('<');
  return {
    status: answer.status,
    headers: {
      'Content-Type': html ? 'text/html' : 'application/json;charset=UTF-8',
      'alipay-trace-id': world.random.text(30),
      ...(signed ? signature : {}),
    },
    body: Buffer.from(answer.body),
  };
}
