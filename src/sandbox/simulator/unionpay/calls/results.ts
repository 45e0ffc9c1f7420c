import type { ScriptedFault } from '../../exchange/faults.ts';
import { htmlErrorPage } from '../../format/html-page.ts';
import type { Answer } from '../../gateway/call.ts';
import type { Fields } from '../signing.ts';

/** The request fields that an answer repeats. */
const ECHOED = [
  'version',
  'encoding',
  'signMethod',
  'accessType',
  'bizType',
  'txnType',
  'txnSubType',
  'merId',
  'orderId',
  'txnTime',
] as const;

const MESSAGES: Fields = {
  '00': '成功[0000000]',
  '02': '系统未开放或暂时关闭，请稍后再试',
  '05': '交易已受理，请稍后查询交易结果',
  '11': '验证签名失败',
  '12': '重复交易',
  '13': '报文交易要素缺失',
  '31': '商户状态不正确',
  '32': '无此交易权限',
  '33': '交易金额超限',
  '34': '查无此交易[2600000]',
  '35': '原交易不存在或状态不正确',
  '36': '与原交易信息不符',
  '37': '已超过最大查询次数或操作过于频繁',
  '39': '交易不在受理时间范围内',
  '64': '余额不足',
};

/** HTTP 200 with a signature, for every code. */
export function respond(request: Fields, respCode: string, more: Fields = {}): Answer {
  const echo = Object.fromEntries(ECHOED.map((name) => [name, request[name] ?? '']));
  const fields = { ...echo, ...more, respCode, respMsg: MESSAGES[respCode] ?? respCode };
  return {
    status: 200,
    code: respCode === '00' ? null : respCode,
    body: JSON.stringify(fields),
    signed: true,
  };
}

/** From a proxy in front of the gateway. */
export function bareStatus(status: number, format: 'json' | 'html' = 'html'): Answer {
  const body = format === 'html' ? htmlErrorPage(status) : '{"message":"busy"}';
  return { status, code: null, body, signed: false };
}

export function scripted(request: Fields, isQuery: boolean, fault: ScriptedFault): Answer {
  switch (fault.kind) {
    case 'status':
      return bareStatus(fault.status, fault.format ?? 'json');
    case 'rate_limited':
      return respond(request, '37');
    case 'user_paying':
      return isQuery ? respond(request, '00', { origRespCode: '05' }) : respond(request, '05');
    case 'unknown_error':
      return respond(request, '02');
    case 'error':
      return respond(request, fault.code);
  }
}
