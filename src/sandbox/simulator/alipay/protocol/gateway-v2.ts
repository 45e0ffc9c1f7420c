import type { Distortion, ScriptedFault } from '../../exchange/faults.ts';
import type { WireReply, WireRequest } from '../../exchange/wire.ts';
import { fromBeijing } from '../../format/beijing-time.ts';
import { asText, parseJsonObject } from '../../format/json-object.ts';
import type { Answer, Call } from '../../gateway/call.ts';
import type { Staleness } from '../../gateway/versioned.ts';
import type { World } from '../world.ts';
import { findMethod, orderNoOf, performMethod } from './methods.ts';
import {
  type AlipayFailure,
  type AlipayResult,
  bareStatus,
  gatewayAnswer,
  pageAnswer,
  refused,
  scriptedResult,
} from './results.ts';
import { gatewayText, isSignedBy, signText } from './signing.ts';

/**
 * `POST /gateway.do`: public parameters in the query, `biz_content` in the form; always HTTP 200. `GET`
 * has everything in the query: a customer's browser, which gets a page.
 */
export function understandGateway(world: World, request: WireRequest): Call {
  const params = [...request.query, ...new URLSearchParams(request.body.toString())];
  const { name, method, orderNo, distrusted, result } = readSigned(world, params);
  const answer = method?.forCustomers === true ? pageAnswer : gatewayAnswer;
  return {
    channel: 'ali_pay',
    protocol: 'alipay-v2',
    operation: method?.operation ?? null,
    orderNo,
    verified: distrusted?.code ?? 'ok',
    perform: (staleness) => answer(distrusted ?? result(staleness)),
    script,
    render: (answer, distortion) =>
      render(world, `${name.replaceAll('.', '_')}_response`, answer, distortion),
  };
}

/** A parsed set of signed parameters. */
export function readSigned(world: World, list: Iterable<[string, string]>) {
  const params = new Map(list);
  const name = params.get('method') ?? '';
  const method = findMethod(name);
  const body = parseJsonObject(params.get('biz_content') ?? '') ?? {};
  const notifyUrl = asText(params.get('notify_url'));
  return {
    name,
    method,
    orderNo: orderNoOf(world, body),
    distrusted: distrust(world, params),
    result: (staleness: Staleness | null): AlipayResult =>
      method === null
        ? refused('40002', 'isv.invalid-method', '不存在的方法名')
        : performMethod(world, method, { body, notifyUrl, staleness }),
  };
}

/** Null if the app's signature is valid, else the reply. The app is looked up first (probes). */
function distrust(world: World, params: Map<string, string>): AlipayFailure | null {
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
  // Parsed as Beijing time, so that a client in another time zone fails here as in production.
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

/** Signs the node's raw JSON, with slashes escaped or not. */
function render(world: World, node: string, answer: Answer, distortion: Distortion | null): WireReply {
  const headers = { 'Content-Type': 'text/html;charset=utf-8', trace_id: world.random.text(30) };
  const isPage = answer.body.startsWith('<');
  if (isPage || answer.status !== 200)
    return { status: answer.status, headers, body: Buffer.from(answer.body) };
  const json = world.settings.escapeSlashes ? answer.body.replaceAll('/', '\\/') : answer.body;
  const forged = distortion?.kind === 'bad_signature' || distortion?.kind === 'signtest';
  const key = forged ? world.keys.stranger.privateKey : world.keys.alipay.platform.privateKey;
  const signed = answer.signed && distortion?.kind !== 'missing_headers';
  const sign = signed ? `,"sign":"${signText(json, key)}"` : '';
  const name = answer.errorNode === true ? 'error_response' : node;
  return { status: 200, headers, body: Buffer.from(`{"${name}":${json}${sign}}`) };
}
