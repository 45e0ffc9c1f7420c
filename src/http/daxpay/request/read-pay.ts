import { aboutChannel } from '../../../channel/built-in/about.ts';
import { channelNames, payMethods } from '../../../channel/channel.ts';
import type { CreateOrder } from '../../../order/outcomes.ts';
import { failure, invalid } from '../answer/codes.ts';
import type { Generation } from '../generations/generation.ts';
import { isObject, type Members, parseObject } from './body.ts';
import { type Read, readFields, wrong } from './fields.ts';
import { bizNumbersOf, extraSchema, foreignChannels, MAX_AMOUNT_FEN, paySchema } from './schemas.ts';

/** A wish for a new order, valid in form, with what its method needs. */
export function readPay(members: Members, generation: Generation): Read<CreateOrder> {
  const flat = flatten(members);
  if (flat === null) return wrong(failure('operation_unsupported', '不支持组合支付，payChannels 只能有一项'));
  const read = readFields(paySchema(generation.units), flat);
  if (read.kind === 'wrong') return read;
  const { wish } = read;
  const [bizOrderNo, another] = bizNumbersOf(wish);
  if (another !== undefined) return wrong(invalid(`${generation.names.payBiz} 与同义字段的值不一致`));
  if (bizOrderNo === undefined) return wrong(invalid(`${generation.names.payBiz} 不能为空`));
  if (foreignChannels.some((name) => name === wish.channel)) return wrong(failure('channel_not_enabled'));
  const channel = channelNames.find((name) => name === wish.channel);
  if (channel === undefined) return wrong(failure('channel_unknown'));
  const method = payMethods.find((name) => name === wish.method);
  if (method === undefined) return wrong(failure('method_unknown'));
  if (wish.amount > MAX_AMOUNT_FEN) return wrong(failure('amount_over_limit'));

  const extra = readExtra(flat.extraParam);
  if (extra.kind === 'wrong') return extra;
  const authCode = wish.authCode ?? extra.wish.authCode;
  const openId = wish.openId ?? extra.wish.openId;
  const returnUrl = wish.returnUrl ?? extra.wish.returnUrl;
  if (method === 'barcode' && authCode === null) return wrong(invalid('authCode 不能为空（付款码支付）'));
  if (method === 'jsapi' && openId === null) return wrong(invalid('openId 不能为空（公众号或小程序支付）'));

  const unmet = aboutChannel(channel)?.needs?.find(
    (need) => need.method === method && wish[need.field] === null,
  );
  if (unmet !== undefined) return wrong(invalid(`${unmet.field} 不能为空（${unmet.because}）`));

  const { title, description, attach, notifyUrl, notNotify, clientIp } = wish;
  const terms = { title, description, amountFen: wish.amount, expiresAt: wish.expiredTime };
  const payer = { authCode, openId, returnUrl, clientIp };
  return {
    kind: 'wish',
    wish: {
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

/** `extraParam` is JSON inside of a string (2.0.6 to 3.0), or an object, which is what 2.x's own SDKs send. */
function readExtra(extraParam: unknown): Read<{ [name in keyof typeof extraSchema.shape]: string | null }> {
  if (extraParam === undefined || extraParam === null || extraParam === '')
    return readFields(extraSchema, {});
  const extra = typeof extraParam === 'string' ? parseObject(extraParam) : extraParam;
  return isObject(extra) ? readFields(extraSchema, extra) : wrong(invalid('extraParam 必须是 JSON 对象'));
}

/**
 * DaxPay 2.0.5's words in those of the others: `payWay` is the method and `channelParam` the extra parameters; on
 * `/unipay/pay` both are in `payChannels`, a list for combined payments. Null if it has more than one.
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
