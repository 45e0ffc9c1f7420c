import type { OrderStatus, PaymentOrder } from '../../../../src/order/order.ts';
import type { OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';
import type { Evidence } from './evidence.ts';

/** Whether an order that is idle in this state may have the customer's money. `late`: only for a person to decide about. */
const mayKeepMoney = {
  progress: 'never',
  success: 'always',
  close: 'late',
  cancel: 'never',
  refunding: 'never',
  refunded: 'never',
} satisfies Record<OrderStatus, 'always' | 'never' | 'late'>;

/** How far the gateway's clock and the moment of a look may be apart, ms. */
const INSTANT_MS = 1_000;

/** The money at the gateway against the row, the refunds and what the program has counted. */
export function judgeMoney(row: PaymentOrder, evidence: Evidence): string[] {
  const { order } = evidence;
  const wrong: string[] = [];
  const may = mayKeepMoney[row.status];
  const isKept = order !== null && order.paidAt !== null && order.refundedFen < order.amountFen;
  if (isKept && may === 'never') wrong.push(`paid and kept, but the order is ${row.status}`);
  if (isKept && may === 'late' && row.latePaidAt === null) wrong.push('a late payment is kept silently');
  if (!isKept && row.status === 'success') wrong.push('the order is success, but there is no money');
  if (!isKept && row.status === 'close' && row.latePaidAt !== null)
    wrong.push('a late payment that is not there');
  if (row.paidAt !== null && order?.paidAt == null) wrong.push('paid here, and nobody has paid');
  if (order?.payable === true) wrong.push(`${row.status}, but the channel would take money`);
  return [...wrong, ...judgeRefunds(row, order, evidence), ...judgeLateness(row, order, evidence)];
}

/** Money goes back once, all of it, and only where somebody or a late payment wants that. */
function judgeRefunds(
  { ending, latePaidAt, orderNo }: PaymentOrder,
  order: OrderSnapshot | null,
  { refunds, life }: Evidence,
): string[] {
  const wrong: string[] = [];
  const [refund] = refunds;
  if (order !== null && order.refundedFen !== 0 && order.refundedFen !== order.amountFen)
    wrong.push(`refunded ${order.refundedFen} of ${order.amountFen} fen`);
  if (refunds.length > 1) wrong.push(`${refunds.length} refunds of one order`);
  if (order !== null && order.refundedFen > 0 && refund?.state !== 'done')
    wrong.push(`the money went back, but our refund is ${refund?.state ?? 'not there'}`);
  if (refund?.state === 'done' && order?.refundedFen !== order?.amountFen)
    wrong.push('our refund is done, but the money has not gone back');
  const isWanted = life.cancelAsked || ending === 'reverse' || latePaidAt !== null;
  if ((refund !== undefined || (order?.refundedFen ?? 0) > 0) && !isWanted)
    wrong.push('money goes back, and nobody had asked for it');
  if (refund !== undefined && (refund.amountFen !== life.plan.amountFen || refund.refundNo !== `R${orderNo}`))
    wrong.push(`our refund ${refund.refundNo} is of ${refund.amountFen} fen`);
  return wrong;
}

/** Money that came when nobody watched any more, twice, or of another amount, is counted by the program itself. */
function judgeLateness(
  { latePaidAt }: PaymentOrder,
  order: OrderSnapshot | null,
  { violations, notifications, seen }: Evidence,
): string[] {
  const counted = new Set<string>(violations.map(({ kind }) => kind));
  const wrong: string[] = [];
  const unwatchedSince = seen?.unwatchedSince?.getTime() ?? Number.POSITIVE_INFINITY;
  const paidAt = order?.paidAt?.getTime() ?? 0;
  const isAfterAll = latePaidAt !== null && paidAt - INSTANT_MS > unwatchedSince;
  if (isAfterAll && !counted.has('paid'))
    wrong.push('paid after it was closed and not watched, and not counted');
  for (const { outcome } of notifications) {
    if ((outcome === 'paid_twice' || outcome === 'mismatch') && !counted.has(outcome))
      wrong.push(`a notification was ${outcome}, and no violation says so`);
  }
  return wrong;
}
