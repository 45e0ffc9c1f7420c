import type { z } from 'zod';
import { channelNames, payMethods } from '../../../channel/channel.ts';
import {
  MAX_AMOUNT_FEN,
  type orderSchema30,
  type paySchema,
  unsupportedChannels,
} from '../../daxpay/request/schemas.ts';
import type { Units } from '../../daxpay/request/units.ts';
import { fenAndSeconds } from '../../daxpay/request/units.ts';
import { bilingual, type Schema } from '../openapi.ts';

/** Every field of any request; a new one does not compile until it is described. */
type RequestField = keyof z.input<ReturnType<typeof paySchema>> | keyof z.input<typeof orderSchema30>;

const descriptions: Readonly<Record<RequestField, string>> = {
  bizOrderNo: bilingual('商户订单号', "the merchant's order number"),
  bizTradeNo: bilingual(
    '商户订单号（2.0.6 关闭接口的名称）',
    "the merchant's number, its name in 2.0.6's close",
  ),
  businessNo: bilingual('业务号（2.0.5 的名称）', "the merchant's number, its name in 2.0.5"),
  bizOrderNoeNo: bilingual(
    '商户订单号（2.x 查询接口的名称）',
    "the merchant's number, its name in 2.x's query",
  ),
  orderNo: bilingual(
    '支付订单号，与商户订单号同时传输时优先',
    "the system's order number; takes precedence over the merchant's",
  ),
  paymentId: bilingual('支付ID（2.0.5），64 位整数', "the system's number in 2.0.5, a 64-bit integer"),
  outOrderNo: bilingual('通道订单号', "the channel's order number"),
  useCancel: bilingual('以撤销代替关闭', 'cancel instead of closing'),
  clientIp: bilingual('客户端 IP，支持 IPv4 和 IPv6', "the client's address, IPv4 or IPv6"),
  nonceStr: bilingual(
    '随机串，在时间窗口内只接受一次',
    'random string, accepted once within the time window',
  ),
  mchNo: bilingual('商户号', 'merchant number'),
  appId: bilingual('应用号', 'application number'),
  title: bilingual('标题', 'title of the payment'),
  description: bilingual('描述', 'description'),
  channel: bilingual('支付通道', 'payment channel'),
  method: bilingual('支付方式', 'how the customer pays'),
  amount: bilingual('金额', 'amount'),
  expiredTime: bilingual('过期时间，缺省为系统配置', 'when it expires; the default is configured'),
  attach: bilingual('商户扩展参数，原样返回', "the merchant's own data, returned unchanged"),
  notifyUrl: bilingual('异步通知地址', 'where the notice is sent'),
  returnUrl: bilingual('同步跳转地址', "where the customer's browser goes after paying"),
  notNotify: bilingual('不发送异步通知', 'send no notice'),
  authCode: bilingual('付款码（barcode 必填）', "the code on the customer's phone; required for barcode"),
  openId: bilingual('用户标识（jsapi 必填）', 'the payer; required for jsapi'),
};

export function describeField(name: string): string | undefined {
  return isRequestField(name) ? descriptions[name] : undefined;
}

function isRequestField(name: string): name is RequestField {
  return Object.hasOwn(descriptions, name);
}

/** The JSON types of fields that are validated as text: strings and numbers are interchangeable. */
export function wireTypes(units: Units): Readonly<Record<string, Schema>> {
  const inFen = units === fenAndSeconds;
  return {
    amount: inFen
      ? { type: 'integer', minimum: 1, maximum: MAX_AMOUNT_FEN, title: bilingual('分', 'fen') }
      : { type: 'number', minimum: 0.01, maximum: MAX_AMOUNT_FEN / 100, title: bilingual('元', 'yuan') },
    expiredTime: inFen
      ? {
          type: 'integer',
          title: bilingual(
            '10 位秒级或 13 位毫秒级时间戳',
            'epoch seconds (10 digits) or milliseconds (13 digits)',
          ),
        }
      : timeSchema(units),
    paymentId: { type: ['integer', 'string'], format: 'int64' },
    channel: {
      type: 'string',
      enum: [...channelNames, ...unsupportedChannels],
      title: bilingual(
        'wallet_pay 及未配置的通道：20021',
        'wallet_pay, and channels that are not configured: 20021',
      ),
    },
    method: { type: 'string', enum: payMethods },
    notNotify: { type: 'boolean', default: false },
    useCancel: { type: 'boolean', default: false },
  };
}

export function timeSchema(units: Units): Schema {
  return units === fenAndSeconds
    ? { type: 'integer', title: bilingual('秒级时间戳', 'epoch seconds') }
    : {
        type: 'string',
        pattern: '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}$',
        title: bilingual('北京时间', 'Beijing time'),
      };
}
