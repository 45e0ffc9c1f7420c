import type { JsonObject } from '../../format/json-object.ts';
import type { LinkKind } from '../kinds.ts';
import { type AlipayResult, done, invalidParameter } from '../protocol/results.ts';
import type { World } from '../world.ts';
import { unpaidTrade } from './trade-now.ts';

/** The product that each kind of link belongs to; another one is refused. */
const PRODUCTS: Record<LinkKind, string> = {
  wap: 'QUICK_WAP_WAY',
  app: 'QUICK_MSECURITY_PAY',
  page: 'FAST_INSTANT_TRADE_PAY',
};

/**
 * `alipay.trade.{wap,app,page}.pay`: the merchant signs a link or an order string without calling anybody. Alipay
 * learns of the order, and the trade exists, when the customer opens it; opening it again finds the same trade.
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
