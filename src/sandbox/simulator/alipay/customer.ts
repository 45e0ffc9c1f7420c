import { toBeijing } from '../format/beijing-time.ts';
import { change, type Versioned } from '../gateway/versioned.ts';
import { NotPayable } from '../snapshot.ts';
import { tradeMessage } from './notify.ts';
import { type AlipayOrder, type AlipayTrade, changeTrade, refusalToPay } from './orders.ts';
import { nowMs, type World } from './world.ts';

type Entry = Versioned<AlipayOrder>;

/** The customer scans the code, which creates the trade. Scanning again finds the same trade. */
export function scanAlipay(world: World, entry: Entry): AlipayTrade {
  const now = nowMs(world);
  const reason = refusalToPay(entry.current, now);
  if (reason !== null) throw new NotPayable(entry.current.orderNo, reason);
  if (entry.current.trade !== null) return entry.current.trade;
  const trade = newTrade(world);
  change(entry, now, { trade });
  return trade;
}

export function newTrade(world: World): AlipayTrade {
  const now = nowMs(world);
  const day = toBeijing(now).slice(0, 10).replaceAll('-', '');
  return {
    tradeNo: `${day}22001${String(world.nextId()).padStart(15, '0')}`,
    status: 'WAIT_BUYER_PAY',
    createdAt: now,
    paying: false,
    paidAt: null,
    refunds: [],
  };
}

/** The customer has scanned and is typing the password. */
export function beginAlipayPayment(world: World, entry: Entry): void {
  const trade = scanAlipay(world, entry);
  if (trade.paying) throw new NotPayable(entry.current.orderNo, 'the customer is already paying');
  changeTrade(entry, trade, nowMs(world), { paying: true });
}

/** The password was right (`ok`), or the customer gave up and can try again. */
export function finishAlipayPayment(world: World, entry: Entry, ok: boolean): void {
  const now = nowMs(world);
  const { orderNo, trade, notifyUrl } = entry.current;
  const reason = refusalToPay(entry.current, now);
  if (reason !== null) throw new NotPayable(orderNo, reason);
  if (trade?.paying !== true) throw new NotPayable(orderNo, 'no payment in progress');
  if (!ok) {
    changeTrade(entry, trade, now, { paying: false });
    return;
  }
  const paid = changeTrade(entry, trade, now, { status: 'TRADE_SUCCESS', paying: false, paidAt: now });
  if (notifyUrl !== null) world.notifier.send(tradeMessage(world, entry.current, paid, notifyUrl));
}
