import { asText, type JsonObject } from '../../format/json-object.ts';
import { type AlipayResult, done, invalidParameter } from '../protocol/results.ts';
import type { World } from '../world.ts';
import { unpaidTrade } from './trade-now.ts';

/** `alipay.trade.create` (JSAPI): creates the trade at once; its number opens the cashier. */
export function createTrade(world: World, body: JsonObject, notifyUrl: string | null): AlipayResult {
  const buyer = asText(body.buyer_open_id) ?? asText(body.buyer_id);
  if (buyer === null) return invalidParameter('买家信息不能为空');
  const { entry, refusal } = unpaidTrade(world, 'create', body, { code: '', notifyUrl });
  if (refusal !== null) return refusal;
  const { orderNo, trade } = entry.current;
  return done({ out_trade_no: orderNo, trade_no: trade?.tradeNo });
}
