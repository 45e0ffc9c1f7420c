import type { OrderStatus } from '../order/order.ts';
import { pays } from './scenario.ts';
import { endedRight, type Summary, type Watched } from './summary.ts';

const statusText: Record<OrderStatus, string> = {
  progress: 'waiting',
  success: 'paid',
  close: 'closed',
  cancel: 'cancelled',
};
const customerText = {
  nothing: 'does nothing',
  scans: 'scans, never pays',
  gives_up: 'starts to pay, gives up',
  pays: 'pays in time',
  pays_last_moment: 'pays at the very last moment',
};

/** The orders as a table, one line each; `colour` for terminals. */
export function renderTable(all: Watched[], now: Date, colour: boolean): string[] {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const head = `${'order'.padEnd(30)} ${'channel'.padEnd(11)} ${'customer'.padEnd(29)} ${'time left'.padStart(9)}  ${'state'.padEnd(8)} closed after its expiry`;
  const rows = all.map((watched) => {
    const { order, customer } = watched;
    const leftMs = order.expiresAt.getTime() - now.getTime();
    const left = order.status === 'progress' ? `${(leftMs / 1000).toFixed(1)} s` : '';
    const state = statusText[order.status].padEnd(8);
    const late = order.closedAt === null ? '' : `${order.closedAt.getTime() - order.expiresAt.getTime()} ms`;
    const stateColour = order.status === 'progress' ? 33 : pays(customer) ? 32 : 36;
    const wrong = order.status !== 'progress' && !endedRight(watched) ? '  WRONG' : '';
    return `${order.orderNo.padEnd(30)} ${order.channel.padEnd(11)} ${customerText[customer.does].padEnd(29)} ${left.padStart(9)}  ${paint(stateColour, state)} ${late}${paint(31, wrong)}`;
  });
  return [paint(1, head), ...rows];
}

export function renderSummary({ orders, paid, closed, wrong, latenessMs }: Summary): string[] {
  return [
    '',
    `${orders} orders: ${paid} paid, ${closed} closed by themselves, ${wrong} wrong.`,
    `Closed after their expiry: half within ${latenessMs.p50} ms, 99 % within ${latenessMs.p99} ms, all within ${latenessMs.max} ms.`,
  ];
}

/** Draws a block of lines again and again in the same place; without a terminal, only when it is told to. */
export function createScreen(out: NodeJS.WriteStream) {
  let drawn = 0;
  return {
    isLive: out.isTTY === true,
    draw(lines: string[]): void {
      if (out.isTTY) out.write(drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : '');
      out.write(`${lines.join('\n')}\n`);
      drawn = lines.length;
    },
  };
}
