import { type CodeName, codes } from '../../daxpay/answer/codes.ts';
import { bilingual, type Schema } from '../openapi.ts';

/** A new code does not compile until it is explained. */
const meanings: Readonly<Record<CodeName, string>> = {
  success: 'done',
  channel_unknown: 'no such channel',
  method_unknown: 'no such method of paying',
  channel_not_enabled: 'the channel is not enabled',
  method_not_enabled: 'the method is not enabled',
  config_not_enabled: "the channel's configuration is not enabled",
  config_wrong: "the channel's configuration is wrong; an administrator must mend it",
  ability_not_supported: 'the channel cannot do this',
  trade_not_found: 'no such order',
  trade_closed: 'the order is closed or cancelled already',
  trade_processing: 'the same is being done to this order at this moment; do not repeat',
  trade_status_wrong: 'the order is paid, or otherwise in a state that does not allow this',
  parameter_invalid: 'a parameter is wrong; the message names it',
  sign_wrong: 'the signature is missing or wrong',
  amount_over_limit: 'the amount is over the limit',
  operation_failed: 'not done; the message has the reason',
  operation_processing: 'not decided yet; it goes on by itself',
  operation_unsupported: 'this is not supported',
  unknown_error: 'unknown error; the log knows more, under the traceId',
};

/** Every result code with its default message and its meaning. */
export const codeSchema: Schema = {
  type: 'integer',
  description: bilingual('结果码，0 为成功', 'result code; 0 is success'),
  oneOf: (Object.keys(meanings) as CodeName[]).map((name) => ({
    const: codes[name].code,
    title: name,
    description: bilingual(codes[name].message, meanings[name]),
  })),
};
