import type { Answer, Call } from '../call.ts';
import type { Distortion, ScriptedFault } from '../faults.ts';
import { fromBeijing } from '../format/beijing-time.ts';
import { asText, parseJsonObject } from '../format/json-object.ts';
import type { WireReply, WireRequest } from '../wire.ts';
import type { World } from '../world.ts';
import { findMethod, orderNoOf, performMethod } from './methods.ts';
import { type AlipayResult, bareStatus, gatewayAnswer, refused, scriptedResult } from './results.ts';
import { gatewayText, isSignedBy, signText } from './signing.ts';

/** `POST /gateway.do`: public parameters in the query, `biz_content` in the form; HTTP 200 whatever happens. */
export function understandGateway(world: World, request: WireRequest): Call {
  const params = new Map([...request.query, ...new URLSearchParams(request.body.toString())]);
  const name = params.get('method') ?? '';
  const method = findMethod(name);
  const body = parseJsonObject(params.get('biz_content') ?? '') ?? {};
  const distrusted = distrust(world, params);
  return {
    channel: 'ali_pay',
    protocol: 'alipay-v2',
    operation: method?.operation ?? null,
    orderNo: orderNoOf(world, body),
    verified: distrusted === null || distrusted.ok ? 'ok' : distrusted.code,
    perform(staleness) {
      if (distrusted !== null) return gatewayAnswer(distrusted);
      if (method === null) return gatewayAnswer(refused('40002', 'isv.invalid-method', '不存在的方法名'));
      const notifyUrl = asText(params.get('notify_url'));
      return gatewayAnswer(performMethod(world, method, { body, notifyUrl, staleness }));
    },
    script,
    render: (answer, distortion) =>
      render(world, `${name.replaceAll('.', '_')}_response`, answer, distortion),
  };
}

/** Null when the request proves to be the app's, else the reply. The app is looked up first (probes). */
function distrust(world: World, params: Map<string, string>): AlipayResult | null {
  const { alipay } = world.keys;
  if (params.get('app_id') !== alipay.appId) {
    return refused('40002', 'isv.invalid-app-id', '无效的AppID参数');
  }
  const sign = params.get('sign');
  if (sign === undefined) return refused('40001', 'isv.missing-signature', '缺少签名参数');
  if (params.get('sign_type') !== 'RSA2')
    return refused('40002', 'isv.invalid-signature-type', '无效的签名类型');
  if (!isSignedBy(gatewayText(params), sign, alipay.app.publicKey)) {
    return refused('40002', 'isv.invalid-signature', '验签出错');
  }
  // Read as Beijing time, so that a client in another time zone fails here as it does in production.
  const timestamp = fromBeijing(params.get('timestamp') ?? '');
  if (timestamp === null || Math.abs(Date.now() - timestamp) > world.settings.alipayTimestampWindowMs) {
    return refused('40002', 'isv.invalid-timestamp', '非法的时间戳参数');
  }
  return null;
}

function script(fault: ScriptedFault): Answer {
  const result = scriptedResult(fault);
  if (result === null || fault.kind === 'status') {
    return bareStatus(fault.kind === 'status' ? fault : { kind: 'status', status: 500 });
  }
  return { ...gatewayAnswer(result), errorNode: result.publicCode === '20000' };
}

/** The signature is over the node's raw JSON, slashes escaped or not. */
function render(world: World, node: string, answer: Answer, distortion: Distortion | null): WireReply {
  const headers = { 'Content-Type': 'text/html;charset=utf-8', trace_id: world.random.text(30) };
  if (answer.status !== 200) return { status: answer.status, headers, body: Buffer.from(answer.body) };
  const json = world.settings.escapeSlashes ? answer.body.replaceAll('/', '\\/') : answer.body;
  const forged = distortion?.kind === 'bad_signature' || distortion?.kind === 'signtest';
  const key = forged ? world.keys.stranger.privateKey : world.keys.alipay.platform.privateKey;
  const signed = answer.signed && distortion?.kind !== 'missing_headers';
  const sign = signed ? `,"sign":"${signText(json, key)}"` : '';
  const name = answer.errorNode === true ? 'error_response' : node;
  return { status: 200, headers, body: Buffer.from(`{"${name}":${json}${sign}}`) };
}
