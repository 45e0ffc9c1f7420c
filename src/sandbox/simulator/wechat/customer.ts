import { toRfc3339 } from '../format/beijing-time.ts';
import { change, type Versioned } from '../gateway/versioned.ts';
import { NotPayable } from '../snapshot.ts';
import { paymentMessage } from './notify.ts';
import { isPaying, refusalToBegin, type WechatOrder } from './orders.ts';
import { nowMs, type World } from './world.ts';

type Entry = Versioned<WechatOrder>;

/** The customer scans the code and sees the cashier. */
export function scanWechat(world: World, entry: Entry): void {
  demandPayable(world, entry);
  change(entry, nowMs(world), { cashier: 'open' });
}

/** The customer starts typing the password. From then on the payment can succeed even past the deadline. */
export function beginWechatPayment(world: World, entry: Entry): void {
  demandPayable(world, entry);
  const codePay = entry.current.kind === 'codepay';
  change(entry, nowMs(world), codePay ? { state: 'USERPAYING' } : { cashier: 'paying' });
}

/** The password was right (`ok`), or the attempt failed. All but code payments can be tried again. */
export function finishWechatPayment(world: World, entry: Entry, ok: boolean): void {
  const now = nowMs(world);
  const { orderNo, kind } = entry.current;
  if (!isPaying(entry.current)) throw new NotPayable(orderNo, 'no payment in progress');
  if (!ok) {
    change(entry, now, kind === 'codepay' ? { state: 'PAYERROR' } : { cashier: 'open' });
    return;
  }
  const order = change(entry, now, {
    state: 'SUCCESS',
    cashier: 'shut',
    paidAt: now,
    transactionId: newTransactionId(world),
  });
  if (order.notifyUrl !== null) world.notifier.send(paymentMessage(world, order, order.notifyUrl));
}

export function newTransactionId(world: World): string {
  const day = toRfc3339(nowMs(world)).slice(0, 10).replaceAll('-', '');
  return `420000${day}${String(world.nextId()).padStart(14, '0')}`;
}

function demandPayable(world: World, entry: Entry): void {
  const { orderNo } = entry.current;
  if (isPaying(entry.current)) throw new NotPayable(orderNo, 'the customer is already paying');
  const reason = refusalToBegin(entry.current, nowMs(world));
  if (reason !== null) throw new NotPayable(orderNo, reason);
}
