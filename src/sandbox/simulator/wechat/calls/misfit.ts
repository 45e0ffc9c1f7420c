import { asObject, asText, type JsonObject } from '../../format/json-object.ts';
import type { Answer } from '../../gateway/call.ts';
import type { World } from '../world.ts';
import { parameterError, refusal } from './answers.ts';

const ORDER_NO = /^[0-9A-Za-z_\-|*]{6,32}$/;

/** Why an order of any kind is invalid, or null. */
export function misfit(world: World, body: JsonObject): Answer | null {
  const { appId, mchId } = world.keys.wechat;
  const total = asObject(body.amount)?.total;
  if (body.mchid !== mchId) return refusal(400, 'MCH_NOT_EXISTS', '商户号不存在');
  if (body.appid !== appId) return refusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mchid不匹配');
  if (!ORDER_NO.test(asText(body.out_trade_no) ?? '')) return parameterError('商户订单号格式有误');
  if (asText(body.description) === null) return parameterError('缺少商品描述');
  if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 1) {
    return parameterError('订单金额有误');
  }
  return null;
}
