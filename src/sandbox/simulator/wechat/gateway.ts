import type { Distortion, ScriptedFault } from '../exchange/faults.ts';
import { header, type WireReply, type WireRequest } from '../exchange/wire.ts';
import { htmlErrorPage } from '../format/html-page.ts';
import type { Answer, Call } from '../gateway/call.ts';
import { parameterError, refusal } from './calls/answers.ts';
import { distrust, signatureHeaders } from './protocol/signing.ts';
import { route } from './routes.ts';
import type { World } from './world.ts';

/** WeChat Pay API v3. */
export function understandWechat(world: World, request: WireRequest): Call {
  const { operation, orderNo, perform } = route(world, request);
  const reason = distrust(world.keys, request);
  const anonymous = header(request, 'user-agent') === '';
  return {
    channel: 'wechat_pay',
    protocol: 'wechat-v3',
    operation,
    orderNo,
    verified: reason ?? 'ok',
    perform(staleness) {
      if (operation !== null && anonymous) return parameterError('Http头缺少Accept或User-Agent');
      if (operation !== null && reason !== null) return refusal(401, 'SIGN_ERROR', reason);
      return perform(staleness);
    },
    script,
    render: (answer, distortion) => render(world, request, answer, distortion),
  };
}

function script(fault: ScriptedFault): Answer {
  switch (fault.kind) {
    case 'status':
      return fault.format === 'html'
        ? { status: fault.status, code: null, body: htmlErrorPage(fault.status), signed: false }
        : refusal(fault.status, 'SYSTEM_ERROR', '系统异常，请稍后重试');
    case 'rate_limited':
      return refusal(429, 'FREQUENCY_LIMITED', '请求频率过高，请稍后重试');
    case 'user_paying':
      return refusal(202, 'USER_PAYING', '用户支付中，需要输入密码');
    case 'unknown_error':
      return refusal(500, 'SYSTEM_ERROR', '系统异常，请稍后重试');
    case 'error':
      return refusal(fault.status ?? 400, fault.code, fault.message ?? fault.code);
  }
}

/**
 * Signs the exact bytes of 2xx replies, with the key that the request names in `Wechatpay-Serial`, else with
 * the platform certificate.
 */
function render(
  world: World,
  request: WireRequest,
  answer: Answer,
  distortion: Distortion | null,
): WireReply {
  const { publicKeyId, certificate } = world.keys.wechat;
  const serial = header(request, 'wechatpay-serial') === publicKeyId ? publicKeyId : certificate.serialNo;
  const type = answer.body.startsWith('<') ? 'text/html' : 'application/json; charset=utf-8';
  return {
    status: answer.status,
    headers: {
      'Request-ID': world.random.text(32).toUpperCase(),
      ...(answer.body === '' ? {} : { 'Content-Type': type }),
      ...(answer.signed ? signatureHeaders(world, answer.body, serial, distortion) : {}),
    },
    body: Buffer.from(answer.body),
  };
}
