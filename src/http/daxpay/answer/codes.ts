import type { Content } from './content.ts';

/** DaxPay's result codes and their default messages, which merchants show to users. */
export const codes = {
  success: { code: 0, message: 'success' },
  channel_unknown: { code: 20011, message: '不存在的支付通道' },
  method_unknown: { code: 20012, message: '不存在的支付方式' },
  channel_not_enabled: { code: 20021, message: '支付通道未启用' },
  method_not_enabled: { code: 20022, message: '支付方式未启用' },
  config_not_enabled: { code: 20023, message: '支付配置未启用' },
  config_wrong: { code: 20024, message: '支付配置错误，请联系管理员' },
  ability_not_supported: { code: 20030, message: '不支持的能力' },
  trade_not_found: { code: 20041, message: '支付订单不存在' },
  trade_closed: { code: 20042, message: '支付订单已关闭' },
  trade_processing: { code: 20043, message: '支付订单已在关闭中，请勿重复发起' },
  trade_status_wrong: { code: 20044, message: '订单不是支付中, 无法进行关闭订单' },
  parameter_invalid: { code: 20051, message: '参数错误' },
  sign_wrong: { code: 20052, message: '未通过签名验证' },
  amount_over_limit: { code: 20060, message: '支付金额超过限额' },
  operation_failed: { code: 20080, message: '操作失败' },
  operation_processing: { code: 20081, message: '操作处理中' },
  operation_unsupported: { code: 20082, message: '不支持的操作' },
  unknown_error: { code: 30000, message: '未知错误' },
} as const satisfies Record<string, { code: number; message: string }>;

export type CodeName = keyof typeof codes;

/** The business result of a call, before a generation gives it its form. */
export interface Result {
  code: number;
  /** Null on success, when the answer has none. Never repeats the caller's input, because the answer is signed. */
  message: string | null;
  /** Null if the operation returns nothing, and on failure. */
  content: Content | null;
}

export function success(content: Content | null = null): Result {
  return { code: codes.success.code, message: null, content };
}

/** A failure with the code's default message, or a more specific one. */
export function failure(name: Exclude<CodeName, 'success'>, message?: string): Result {
  return { code: codes[name].code, message: message ?? codes[name].message, content: null };
}

/** Error 20051; `detail` names the field. */
export function invalid(detail: string): Result {
  return failure('parameter_invalid', `${codes.parameter_invalid.message}: ${detail}`);
}
