import { aboutChannel } from '../../channel/built-in/about.ts';
import type { OrderStatus } from '../../order/order.ts';
import { pays } from './scenario.ts';
import { endedRight, type Summary, type Watched } from './summary.ts';

const statusText: Record<OrderStatus, string> = {
  progress: 'waiting',
  success: 'paid',
  close: 'closed',
  cancel: 'cancelled',
  refunding: 'refunding',
  refunded: 'refunded',
};
const customerText = {
  nothing: 'does nothing',
  scans: 'scans, never pays',
  gives_up: 'starts to pay, gives up',
  pays: 'pays in time',
  pays_last_moment: 'pays at the last moment',
};
/** The last characters of an order number distinguish it. */
const SHOWN_CHARACTERS = 8;
/** After this time, ms, an order that is still open is wrong. */
const OVERDUE_MS = 10_000;

/** The orders as a table of at most 80 columns, one per line. */
export function renderTable(all: Watched[], now: Date, { isLive }: { isLive: boolean }): string[] {
  const paint = (code: number, text: string) => (isLive ? `\u001b[${code}m${text}\u001b[0m` : text);
  const head = line('order', 'channel', 'customer', 'time left', 'state', 'closed late by');
  const rows = all.map((watched) => {
    const { order, customer } = watched;
    const leftMs = order.expiresAt.getTime() - now.getTime();
    const isOpen = order.status === 'progress';
    const left = !isOpen ? '' : leftMs > 0 ? `${(leftMs / 1000).toFixed(1)} s` : 'closing';
    const late = order.closedAt === null ? '' : `${order.closedAt.getTime() - order.expiresAt.getTime()} ms`;
    const isWrong = isOpen ? leftMs < -OVERDUE_MS : !endedRight(watched);
    const text = line(
      `…${order.orderNo.slice(-SHOWN_CHARACTERS)}`,
      aboutChannel(customer.channel)?.label.en ?? '',
      customerText[customer.does],
      left,
      statusText[order.status],
      isWrong ? 'WRONG' : late,
    );
    return paint(isWrong ? 31 : isOpen ? 33 : pays(customer) ? 32 : 36, text);
  });
  return [paint(1, head), ...rows];
}

function line(
  order: string,
  channel: string,
  customer: string,
  left: string,
  state: string,
  late: string,
): string {
  return `${order.padEnd(9)} ${channel.padEnd(10)} ${customer.padEnd(23)} ${left.padStart(9)}  ${state.padEnd(9)} ${late}`;
}

export function renderSummary(
  { orders, paid, closed, wrong, notified, latenessMs }: Summary,
  graceMs: number,
): string[] {
  const lines = [
    '',
    `${orders} orders: ${paid} paid, ${closed} closed automatically, ${wrong} wrong. The shop was notified of ${notified}.`,
  ];
  if (closed === 0) return lines;
  const { p50, p99, max } = latenessMs;
  return [
    ...lines,
    `Closed after expiry: half within ${p50} ms, 99 % within ${p99} ms, all within ${max} ms.`,
    `This includes the grace period of ${graceMs} ms in which a payment in flight may still arrive (CLOSE_GRACE_MS).`,
  ];
}

/**
 * Redraws a block of lines in place. Live only on a terminal that has room for all of it; elsewhere each drawing follows the
 * last.
 */
export function createScreen(out: NodeJS.WriteStream, lines: number) {
  const isLive = out.isTTY === true && out.columns >= 80 && out.rows > lines + 1;
  let drawn = 0;
  return {
    isLive,
    draw(block: string[]): void {
      if (isLive && drawn > 0) out.write(`\u001b[${drawn}A\u001b[0J`);
      out.write(`${block.join('\n')}\n`);
      drawn = block.length;
    },
  };
}
