import { aboutChannel } from '../../../channel/built-in/about.ts';
import { channelNames, payMethods } from '../../../channel/channel.ts';
import type { CreateOrder } from '../../../order/outcomes.ts';
import { failure, invalid } from '../answer/codes.ts';
import type { Generation } from '../generations/generation.ts';
import { isObject, type Members, parseObject } from './body.ts';
import { type Parsed, readFields, rejected } from './fields.ts';
import { bizNumbersOf, extraSchema, MAX_AMOUNT_FEN, paySchema, unsupportedChannels } from './schemas.ts';

/** Parses a request for a new order, and checks what its method requires. */
export function readPay(members: Members, generation: Generation): Parsed<CreateOrder> {
  const flat = flatten(members);
  if (flat === null)
    return rejected(failure('operation_unsupported', '不支持组合支付，payChannels 只能有一项'));
  const read = readFields(paySchema(generation.units), flat);
  if (read.kind === 'rejected') return read;
  const fields = read.value;
  const [bizOrderNo, another] = bizNumbersOf(fields);
  if (another !== undefined) return rejected(invalid(`${generation.names.payBiz} 与同义字段的值不一致`));
  if (bizOrderNo === undefined) return rejected(invalid(`${generation.names.payBiz} 不能为空`));
  if (unsupportedChannels.some((name) => name === fields.channel))
    return rejected(failure('channel_not_enabled'));
  const channel = channelNames.find((name) => name === fields.channel);
  if (channel === undefined) return rejected(failure('channel_unknown'));
  const method = payMethods.find((name) => name === fields.method);
  if (method === undefined) return rejected(failure('method_unknown'));
  if (fields.amount > MAX_AMOUNT_FEN) return rejected(failure('amount_over_limit'));

  const extra = readExtra(flat.extraParam);
  if (extra.kind === 'rejected') return extra;
  const authCode = fields.authCode ?? extra.value.authCode;
  const openId = fields.openId ?? extra.value.openId;
  const returnUrl = fields.returnUrl ?? extra.value.returnUrl;
  if (method === 'barcode' && authCode === null) return rejected(invalid('authCode 不能为空（付款码支付）'));
  if (method === 'jsapi' && openId === null)
    return rejected(invalid('openId 不能为空（公众号或小程序支付）'));

  const unmet = aboutChannel(channel)?.needs?.find(
    (need) => need.method === method && fields[need.field] === null,
  );
  if (unmet !== undefined) return rejected(invalid(`${unmet.field} 不能为空（${unmet.because}）`));

  const { title, description, attach, notifyUrl, notNotify, clientIp } = fields;
  const terms = { title, description, amountFen: fields.amount, expiresAt: fields.expiredTime };
  const payer = { authCode, openId, returnUrl, clientIp };
  return {
    kind: 'valid',
    value: {
      bizOrderNo,
      channel,
      method,
      ...terms,
      ...payer,
      attach,
      notifyUrl,
      notNotify,
      apiGeneration: generation.name,
    },
  };
}

/** `extraParam` is JSON inside a string (2.0.6 to 3.0), or an object, as the SDKs of 2.x send. */
function readExtra(extraParam: unknown): Parsed<{ [name in keyof typeof extraSchema.shape]: string | null }> {
  if (extraParam === undefined || extraParam === null || extraParam === '')
    return readFields(extraSchema, {});
  const extra = typeof extraParam === 'string' ? parseObject(extraParam) : extraParam;
  return isObject(extra) ? readFields(extraSchema, extra) : rejected(invalid('extraParam 必须是 JSON 对象'));
}

/**
 * Translates DaxPay 2.0.5's names: `payWay` is the method and `channelParam` the extra parameters; on `/unipay/pay` both are
 * in `payChannels`, a list for combined payments. Null if the list has more than one element.
 */
function flatten(members: Members): Members | null {
  const { payWay, channelParam, payChannels } = members;
  const renamed = { ...members, ...given({ method: payWay, extraParam: channelParam }) };
  if (!Array.isArray(payChannels) || payChannels.length === 0) return renamed;
  const [only]: unknown[] = payChannels;
  if (payChannels.length > 1 || !isObject(only)) return null;
  const { channel, way, amount, channelParam: extraParam } = only;
  return { ...renamed, ...given({ channel, method: way, amount, extraParam }) };
}

function given(members: Members): Members {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  );
}
