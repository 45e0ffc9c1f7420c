import type { JsonObject } from '../../format/json-object.ts';
import type { LinkKind } from '../kinds.ts';
import { type AlipayResult, done, invalidParameter } from '../protocol/results.ts';
import type { World } from '../world.ts';
import { unpaidTrade } from './trade-now.ts';

/** The product code of each kind of link; others are refused. */
const PRODUCTS: Record<LinkKind, string> = {
  wap: 'QUICK_WAP_WAY',
  app: 'QUICK_MSECURITY_PAY',
  page: 'FAST_INSTANT_TRADE_PAY',
};

/**
 * `alipay.trade.{wap,app,page}.pay`: the merchant signs a link or an order string without a call. Opening it
 * creates the trade at Alipay; opening it again finds the same trade.
 */
export function openLink(
  world: World,
  kind: LinkKind,
  body: JsonObject,
  notifyUrl: string | null,
): AlipayResult {
  const product = body.product_code;
  if (product !== undefined && product !== PRODUCTS[kind]) return invalidParameter('产品码不合法');
  const { entry, refusal } = unpaidTrade(world, kind, body, { code: '', notifyUrl });
  if (refusal !== null) return refusal;
  const { orderNo, trade } = entry.current;
  return done({ out_trade_no: orderNo, trade_no: trade?.tradeNo });
}
