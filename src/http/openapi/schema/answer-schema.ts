import type { OrderStatus } from '../../../order/order.ts';
import type { SyncStatus } from '../../../order/outcomes.ts';
import type { Fields, OrderField, SyncField } from '../../daxpay/answer/content.ts';
import type { Generation } from '../../daxpay/generations/generation.ts';
import { generation205 } from '../../daxpay/generations/generation-2-0-5.ts';
import { generation30 } from '../../daxpay/generations/generation-3-0.ts';
import type { Units } from '../../daxpay/request/units.ts';
import { bilingual, refTo, type Schema } from '../openapi.ts';
import { timeSchema, wireTypes } from './request-fields.ts';

/** The content of a successful answer. */
export type Content = keyof Fields | 'nothing';

const descriptions: Readonly<Record<OrderField | SyncField, string>> = {
  paymentId: bilingual('支付ID', "the system's order number"),
  orderNo: bilingual('支付订单号', "the system's order number"),
  businessNo: bilingual('业务号', "the merchant's order number"),
  bizOrderNo: bilingual('商户订单号', "the merchant's order number"),
  outOrderNo: bilingual('通道订单号', "the channel's order number"),
  title: bilingual('标题', 'title of the payment'),
  description: bilingual('描述', 'description'),
  channel: bilingual('支付通道', 'payment channel'),
  method: bilingual('支付方式', 'how the customer pays'),
  status: bilingual('状态', 'status'),
  payBody: bilingual('支付参数体', "what the customer's device needs to pay"),
  amount: bilingual('金额', 'amount'),
  refundableBalance: bilingual('可退款余额', 'amount that can be refunded'),
  payTime: bilingual('支付时间', 'when it was paid'),
  expiredTime: bilingual('过期时间', 'when it expires'),
  closeTime: bilingual('关闭时间', 'when it was closed'),
  errorMsg: bilingual('错误信息', 'error message'),
  asyncPay: bilingual('是否异步支付', 'paid outside DaxPay'),
  asyncChannel: bilingual('异步支付通道', 'payment channel'),
  allocation: bilingual('是否分账', 'shared between receivers'),
  autoAllocation: bilingual('是否自动分账', 'shared automatically'),
  gatewayStatus: bilingual('支付网关同步状态', 'status at the channel'),
  orderStatus: bilingual('同步后的订单状态', "the order's status after the sync"),
  repair: bilingual('是否进行了修复', 'whether the sync changed the order'),
  adjust: bilingual('是否进行了调整', 'whether the sync changed the order'),
};

const flags: readonly string[] = ['asyncPay', 'allocation', 'autoAllocation', 'repair', 'adjust'];
const amounts: readonly string[] = ['amount', 'refundableBalance'];
const times: readonly string[] = ['payTime', 'expiredTime', 'closeTime'];

const orderStatus: Schema = {
  type: 'string',
  enum: Object.keys({
    progress: true,
    success: true,
    close: true,
    cancel: true,
    refunding: true,
    refunded: true,
  } satisfies Record<OrderStatus, true>),
};
const syncStatus: Schema = {
  type: 'string',
  enum: Object.keys({
    pay_success: true,
    pay_progress: true,
    pay_closed: true,
    pay_refund: true,
    pay_not_found: true,
    pay_not_found_unknown: true,
    pay_fail: true,
    pay_timeout: true,
  } satisfies Record<SyncStatus, true>),
};

const sign: Schema = { type: 'string', description: bilingual('签名值', 'the signature') };
const traceId: Schema = {
  type: 'string',
  description: bilingual('追踪ID', 'identifies this call in the log'),
};
const msg: Schema = { type: 'string', description: bilingual('提示信息', 'message for people') };
const code = refTo('Code');

/** The schema of a generation's answer, as its `layOut` writes it. */
export function answerSchema(generation: Generation, content: Content): Schema {
  const fields = content === 'nothing' ? {} : fieldsOf(content, generation);
  const resTime = {
    ...timeSchema(generation.units),
    description: bilingual('响应时间', 'when it was answered'),
  };
  if (generation === generation30) {
    const data = content === 'nothing' ? nothing : orNull({ type: 'object', properties: fields });
    return object({ code, msg, data, resTime, traceId, sign }, ['code', 'msg', 'resTime', 'traceId', 'sign']);
  }
  if (generation === generation205) {
    const data = content === 'nothing' ? nothing : orNull(object({ ...fields, sign }, ['sign']));
    return object({ code, msg, data, traceId }, ['code', 'msg', 'traceId']);
  }
  const data = object({ code, msg, ...fields, resTime, sign }, ['code', 'resTime', 'sign']);
  return object({ code, msg, data, traceId, sign, resTime }, ['code', 'msg', 'traceId']);
}

/** The schema of a notice, as `noticeBody` writes it. */
export function noticeSchema(generation: Generation): Schema {
  const resTime = {
    ...timeSchema(generation.units),
    description: bilingual('发送时间', 'when it was sent'),
  };
  const attach: Schema = {
    type: 'string',
    description: bilingual('商户扩展参数，原样返回', "the merchant's own data, returned unchanged"),
  };
  const members = { ...fieldsOf('order', generation), attach, code, msg, resTime, sign };
  return object(members, ['code', 'msg', 'resTime', 'sign']);
}

const nothing: Schema = { type: 'null' };

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, nothing] };
}

function object(properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema {
  return { type: 'object', properties, required };
}

function fieldsOf(content: keyof Fields, { fields, units }: Generation): Record<string, Schema> {
  const status = content === 'sync' ? syncStatus : orderStatus;
  return Object.fromEntries(
    fields[content].map((name) => [
      name,
      { ...(name === 'status' ? status : typeOf(name, units)), description: descriptions[name] },
    ]),
  );
}

function typeOf(name: OrderField | SyncField, units: Units): Schema {
  const wire = wireTypes(units);
  if (flags.includes(name)) return { type: 'boolean' };
  if (amounts.includes(name)) return { ...wire.amount, minimum: 0 };
  if (times.includes(name)) return timeSchema(units);
  if (name === 'gatewayStatus') return syncStatus;
  if (name === 'orderStatus') return orderStatus;
  return name === 'paymentId' ? { ...wire.paymentId } : { type: 'string' };
}
