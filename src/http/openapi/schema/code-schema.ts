import { type CodeName, codes } from '../../daxpay/answer/codes.ts';
import { bilingual, type Schema } from '../openapi.ts';

/** A new code does not compile until it is described here. */
const meanings: Readonly<Record<CodeName, string>> = {
  success: 'success',
  channel_unknown: 'no such channel',
  method_unknown: 'no such payment method',
  channel_not_enabled: 'the channel is not enabled',
  method_not_enabled: 'the method is not enabled',
  config_not_enabled: "the channel's configuration is not enabled",
  config_wrong: "the channel's configuration is wrong; an administrator must fix it",
  ability_not_supported: 'the channel cannot do this',
  trade_not_found: 'no such order',
  trade_closed: 'the order is already closed or cancelled',
  trade_processing: 'another operation on this order is in progress; do not repeat the request',
  trade_status_wrong: 'the order is paid, or otherwise in a state that does not allow this',
  parameter_invalid: 'a parameter is invalid; the message names it',
  sign_wrong: 'the signature is missing or wrong',
  amount_over_limit: 'the amount exceeds the limit',
  operation_failed: 'failed; the message gives the reason',
  operation_processing: 'no result yet; it is retried automatically',
  operation_unsupported: 'this is not supported',
  unknown_error: 'unknown error; details are in the log under the traceId',
};

/** Every result code with its default message and its description. */
export const codeSchema: Schema = {
  type: 'integer',
  description: bilingual('结果码，0 为成功', 'result code; 0 is success'),
  oneOf: (Object.keys(meanings) as CodeName[]).map((name) => ({
    const: codes[name].code,
    title: name,
    description: bilingual(codes[name].message, meanings[name]),
  })),
};
