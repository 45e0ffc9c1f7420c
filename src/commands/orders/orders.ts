import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ChannelName } from '../../channel/channel.ts';
import { type OrderStatus, orderStatuses } from '../../order/order.ts';
import type { OrderView } from '../../view/orders/order-row.ts';
import { type OrderState, orderStates } from '../../view/orders/order-state.ts';
import { readCursor } from '../../view/page.ts';
import { addExamples, channelOption, count, jsonOption, type OpenApp, withApp } from '../command.ts';
import { print, printAll } from '../output.ts';

/** Orders per query. */
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

/** `autoclose orders`: lists orders, newest first. */
export function addOrdersCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('orders')
    .description('list orders, newest first')
    .addOption(
      new Option('--status <status>', 'only this status, as merchants see it').choices(orderStatuses),
    )
    .addOption(channelOption())
    .addOption(new Option('--state <state>', 'only this state').choices(orderStates))
    .option('--search <number>', 'a complete number of any kind, or a prefix of ours or the merchant’s')
    .option('--since <time>', 'created since: 2026-05-01T08:00:00Z, or 90m, 12h or 7d ago', since)
    .option('--limit <n>', 'list at most this many', count, 50)
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
        if (!json && left === limit) print('No orders found.');
        if (!json && next !== null) print(`… only the newest ${limit} are shown; see --limit.`);
        return true;
      }),
    );
  addExamples(
    command,
    ['orders', 'orders --state expired --channel wechat_pay', 'orders --since 12h --limit 1000 --json'],
    'the database is unavailable',
  );
  command.addHelpText(
    'after',
    '\nStates: open: not ended; expired: open, although its time to pay is over; stuck: needs a person; watched: closed softly,\nand queried until nobody can pay; late: paid after the close.',
  );
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a time, or a duration before now. */
function since(text: string): Date {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ago = unit === 'm' || unit === 'h' || unit === 'd' ? Number(amount) * UNITS_MS[unit] : null;
  const at = ago === null ? new Date(text) : new Date(Date.now() - ago);
  if (ago === null && !/^\d{4}-\d{2}-\d{2}/.test(text))
    throw new InvalidArgumentError('must be like 2026-05-01T08:00:00Z, 90m, 12h or 7d');
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('is not a valid time');
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
