import type { JsonObject } from '../../format/json-object.ts';
import { type Versioned, versioned } from '../../gateway/versioned.ts';
import { newTrade } from '../customer.ts';
import type { AlipayKind } from '../kinds.ts';
import { type AlipayOrder, findAlipayOrder } from '../orders.ts';
import { type AlipayResult, invalidParameter } from '../protocol/results.ts';
import { nowMs, type World } from '../world.ts';
import { readOrderData, refusalToRepeat } from './order-data.ts';

const MISMATCH = { code: 'ACQ.CONTEXT_INCONSISTENT', message: '交易信息被篡改' };

type Unpaid = { entry: Versioned<AlipayOrder>; refusal: null } | { entry: null; refusal: AlipayResult };

/**
 * An unpaid order whose trade exists from the start: a new one, or the existing one if the request repeats
 * its data. `code` is what the customer opens, or what the merchant scanned.
 */
export function unpaidTrade(
  world: World,
  kind: Exclude<AlipayKind, 'precreate'>,
  body: JsonObject,
  more: { code: string; notifyUrl: string | null },
): Unpaid {
  const now = nowMs(world);
  const data = readOrderData(kind, body, now);
  if ('ok' in data) return { entry: null, refusal: data };
  const known = findAlipayOrder(world.alipay, data.orderNo, now);
  if (known !== null) {
    const refusal = refusalToRepeat(known.current, data, MISMATCH);
    return refusal === null ? { entry: known, refusal } : { entry: null, refusal };
  }
  // The code for this is not documented.
  if (now > data.payBy) return { entry: null, refusal: invalidParameter('订单已超时') };
  const trade = newTrade(world);
  const order = { ...data, ...more, codeExpiresAt: data.payBy, createdAt: now, trade };
  const entry = versioned<AlipayOrder>(order);
  world.alipay.orders.set(data.orderNo, entry);
  return { entry, refusal: null };
}
