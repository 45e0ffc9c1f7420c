import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ChannelName } from '../../channel/channel.ts';
import { type OrderStatus, orderStatuses } from '../../order/order.ts';
import type { OrderView } from '../../view/orders/order-row.ts';
import { type OrderState, orderStates } from '../../view/orders/order-state.ts';
import { readCursor } from '../../view/page.ts';
import { addExamples, channelOption, count, jsonOption, type OpenApp, withApp } from '../command.ts';
import { print, printAll } from '../output.ts';

/** Orders read at once. */
const PAGE = 500;

interface Options {
  status?: OrderStatus;
  channel?: ChannelName;
  state?: OrderState;
  search?: string;
  since?: Date;
  limit: number;
  json?: boolean;
}

/** `autoclose orders`: orders, newest first. */
export function addOrdersCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('orders')
    .description('list orders, newest first')
    .addOption(
      new Option('--status <status>', 'only with this status, as merchants are shown it').choices(
        orderStatuses,
      ),
    )
    .addOption(channelOption())
    .addOption(new Option('--state <state>', 'only in this state').choices(orderStates))
    .option('--search <number>', 'any number in full, or the beginning of ours or the merchant’s')
    .option('--since <time>', 'created since then: 2026-05-01T08:00:00Z, or 90m, 12h or 7d ago', since)
    .option('--limit <n>', 'at most so many', count, 50)
    .addOption(jsonOption())
    .action(({ json, limit, since: createdFrom, ...filter }: Options) =>
      withApp(open, async ({ orderAdmin }) => {
        let left = limit;
        let next: string | null = null;
        do {
          const after: ReturnType<typeof readCursor> = next === null ? null : readCursor(next);
          const page = { limit: Math.min(left, PAGE), after };
          const { rows, next: more } = await orderAdmin.listOrders({ ...filter, createdFrom }, page);
          await printAll(rows.map((row) => (json ? JSON.stringify(row) : asLine(row))));
          left -= rows.length;
          next = more;
        } while (next !== null && left > 0);
        if (!json && left === limit) print('No such order.');
        if (!json && next !== null) print(`… the newest ${limit}; see --limit.`);
        return true;
      }),
    );
  addExamples(
    command,
    ['orders', 'orders --state overdue --channel wechat_pay', 'orders --since 12h --limit 1000 --json'],
    'the database cannot be reached',
  );
  command.addHelpText(
    'after',
    '\nStates: open, not ended yet; overdue, open though expired; stuck, a person has to look; watched, closed softly and\nasked about until its channel’s own deadline; late, paid after the close.',
  );
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment, or so long ago. */
function since(text: string): Date {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ago = unit === 'm' || unit === 'h' || unit === 'd' ? Number(amount) * UNITS_MS[unit] : null;
  const at = ago === null ? new Date(text) : new Date(Date.now() - ago);
  if (ago === null && !/^\d{4}-\d{2}-\d{2}/.test(text))
    throw new InvalidArgumentError('must be like 2026-05-01T08:00:00Z, 90m, 12h or 7d');
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('is no moment');
  return at;
}

function asLine(order: OrderView): string {
  const { orderNo, bizOrderNo, channel, status, amountFen, createdAt, expiresAt, stuckAt } = order;
  return [
    orderNo,
    channel.padEnd(10),
    status.padEnd(9),
    `${(amountFen / 100).toFixed(2)}`.padStart(10),
    `created ${createdAt.toISOString()}`,
    `expires ${expiresAt.toISOString()}`,
    ...(stuckAt === null ? [] : ['STUCK']),
    bizOrderNo,
  ].join('  ');
}
