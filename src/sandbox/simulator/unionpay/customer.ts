import { change, type Versioned } from '../gateway/versioned.ts';
import { NotPayable } from '../snapshot.ts';
import { newQueryId } from './calls/give-back.ts';
import { paymentMessage } from './notify.ts';
import { isPaying, refusalToBegin, type UnionpayOrder } from './orders.ts';
import { nowMs, type World } from './world.ts';

type Entry = Versioned<UnionpayOrder>;

/** A bank's late payment is returned within about five working days (comment in merchants' SDKs). */
const AUTO_REFUND_MS = 5 * 24 * 3600_000;

/** The customer scans the code; this changes nothing. */
export function scanUnionpay(world: World, { current }: Entry): void {
  const reason = refusalToBegin(current, nowMs(world));
  if (reason !== null) throw new NotPayable(current.orderNo, reason);
}

/** The customer starts typing the password. */
export function beginUnionpayPayment(world: World, entry: Entry): void {
  scanUnionpay(world, entry);
  if (entry.current.paying) throw new NotPayable(entry.current.orderNo, 'the customer is already paying');
  change(entry, nowMs(world), { paying: true });
}

/** The password was right (`ok`), or the customer gave up and can try again. */
export function finishUnionpayPayment(world: World, entry: Entry, ok: boolean): void {
  const now = nowMs(world);
  const { orderNo, payTimeout } = entry.current;
  if (!isPaying(entry.current, now, world.settings.unionpayBankLate)) {
    throw new NotPayable(orderNo, refusalToBegin(entry.current, now) ?? 'no payment in progress');
  }
  if (!ok) {
    change(entry, now, { paying: false });
    return;
  }
  const autoRefundAt = now > payTimeout ? now + AUTO_REFUND_MS : null;
  const order = change(entry, now, { paying: false, paidAt: now, queryId: newQueryId(world), autoRefundAt });
  world.notifier.send(paymentMessage(world, order));
}
