import { NotPayable } from '../snapshot.ts';
import { readSigned } from './protocol/gateway-v2.ts';
import type { World } from './world.ts';

/**
 * The customer opens a `wap` or `page` link, or the app passes an `app` order string. Verified like
 * a gateway.do request. Returns the order number.
 */
export function openAlipay(world: World, link: string): string {
  const query = link.startsWith('http') ? link.slice(link.indexOf('?') + 1) : link;
  const { method, orderNo, distrusted, result } = readSigned(world, new URLSearchParams(query));
  if (distrusted !== null) throw new Error(`Alipay does not open this: ${distrusted.code}`);
  if (method?.forCustomers !== true || orderNo === null) throw new Error('not a customer link');
  const opened = result(null);
  if (!opened.ok) throw new NotPayable(orderNo, `${opened.code} ${opened.message}`);
  return orderNo;
}
