import type { ScriptedFault } from '../../exchange/faults.ts';
import { htmlErrorPage, htmlPage } from '../../format/html-page.ts';
import type { JsonObject } from '../../format/json-object.ts';
import type { Answer } from '../../gateway/call.ts';

/** A method's result, before gateway.do or REST v3 formats it. */
export type AlipayResult =
  | {
      ok: true;
      fields: JsonObject;
      /** A code payment that waits for the password. */
      inProcess: boolean;
    }
  | AlipayFailure;

export interface AlipayFailure {
  ok: false;
  /** `ACQ.…` of the method, or a common code such as `isv.invalid-signature`. */
  code: string;
  message: string;
  /** gateway.do's public code; 40004 is a business failure. */
  publicCode: string;
  /** The HTTP status in REST v3; gateway.do always returns 200. */
  status: number;
  signed: boolean;
}

export function done(fields: JsonObject): AlipayResult {
  return { ok: true, fields, inProcess: false };
}

/**
 * gateway.do returns public code 10003. REST v3's answer is not documented: here it is a success whose
 * fields are those of an unpaid trade.
 */
export function inProcess(fields: JsonObject): AlipayResult {
  return { ok: true, fields, inProcess: true };
}

/** A business failure: gateway.do signs it, REST v3 does not. */
export function businessFailure(code: string, message: string): AlipayFailure {
  return { ok: false, code, message, publicCode: '40004', status: 400, signed: true };
}

/** A request that the gateway rejects; such replies have no signature (probes). */
export function refused(publicCode: '40001' | '40002', code: string, message: string): AlipayFailure {
  return { ok: false, code, message, publicCode, status: 400, signed: false };
}

export const tradeNotExist = () => businessFailure('ACQ.TRADE_NOT_EXIST', '交易不存在');
export const invalidParameter = (message: string) => businessFailure('ACQ.INVALID_PARAMETER', message);

const PUBLIC_MESSAGES: Record<string, string> = {
  '20000': 'Service Currently Unavailable',
  '20001': 'Insufficient Token Permissions',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40003': 'Insufficient Conditions',
  '40004': 'Business Failed',
  '40005': 'Call Limited',
  '40006': 'Insufficient Permissions',
};

/** gateway.do: the node's JSON, under `<method>_response`. Always HTTP 200. */
export function gatewayAnswer(result: AlipayResult): Answer {
  if (result.ok) {
    const verdict = result.inProcess
      ? { code: '10003', msg: ' order success pay inprocess' }
      : { code: '10000', msg: 'Success' };
    const body = JSON.stringify({ ...verdict, ...result.fields });
    return { status: 200, code: null, body, signed: true };
  }
  const { code, message, publicCode, signed } = result;
  const msg = PUBLIC_MESSAGES[publicCode] ?? 'Business Failed';
  const body = JSON.stringify({ code: publicCode, msg, sub_code: code, sub_msg: message });
  return { status: 200, code, body, signed };
}

/** gateway.do to a customer: the cashier, or an error page. */
export function pageAnswer(result: AlipayResult): Answer {
  const code = result.ok ? null : result.code;
  return { status: 200, code, body: htmlPage(code ?? '支付宝收银台'), signed: false };
}

/** REST v3: the bare fields, or `{code, message, links}` with an HTTP status and without a signature. */
export function restAnswer(result: AlipayResult): Answer {
  if (result.ok) return { status: 200, code: null, body: JSON.stringify(result.fields), signed: true };
  const code = result.code.replace(/^(isv|isp|aop)\./, '');
  const link = 'https://open.alipay.com/api/errCheck?source=openapi';
  const links = [{ link, desc: '解决方案' }];
  const body = JSON.stringify({ code, message: result.message, links });
  return { status: result.status, code, body, signed: false };
}

/** The failure of a fault, or null if the fault is a bare HTTP status. */
export function scriptedResult(fault: ScriptedFault): AlipayFailure | null {
  const base = { ok: false, signed: true } as const;
  switch (fault.kind) {
    case 'status':
      return null;
    case 'user_paying':
      return {
        ...base,
        code: 'ACQ.TRADE_STATUS_ERROR',
        message: '交易状态不合法',
        publicCode: '40004',
        status: 400,
      };
    case 'rate_limited':
      return {
        ...base,
        code: 'isv.app-call-limited',
        message: '应用调用次数超限',
        publicCode: '40005',
        status: 429,
      };
    case 'unknown_error':
      return { ...base, code: 'isp.unknow-error', message: '系统繁忙', publicCode: '20000', status: 500 };
    case 'error': {
      const publicCode = fault.publicCode ?? (fault.code.startsWith('ACQ.') ? '40004' : '40002');
      const { code, message = fault.code, status = 400 } = fault;
      return { ...base, code, message, publicCode, status, signed: publicCode === '40004' };
    }
  }
}

/** An HTTP status from a proxy in front of the gateway. */
export function bareStatus({ status, format }: ScriptedFault & { kind: 'status' }): Answer {
  const json = JSON.stringify({ code: 'system-error', message: '系统繁忙' });
  return { status, code: null, body: format === 'html' ? htmlErrorPage(status) : json, signed: false };
}
