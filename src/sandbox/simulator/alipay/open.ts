import { NotPayable } from '../snapshot.ts';
import { readSigned } from './protocol/gateway-v2.ts';
import type { World } from './world.ts';

/**
 * The customer opens a link of `wap` or `page`, or the app hands over the order string of `app`: verified as
 * gateway.do verifies a request. Returns the order's number.
 */
export function openAlipay(world: World, link: string): string {
  const query = link.startsWith('http') ? link.slice(link.indexOf('?') + 1) : link;
  const { method, orderNo, distrusted, result } = readSigned(world, new URLSearchParams(query));
  if (distrusted !== null) throw new Error(`Alipay does not open this: ${distrusted.code}`);
  if (method?.forCustomers !== true || orderNo === null) throw new Error('this is no link for a customer');
  const opened = result(null);
  if (!opened.ok) throw new NotPayable(orderNo, `${opened.code} ${opened.message}`);
  return orderNo;
}
