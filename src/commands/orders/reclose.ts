import type { Command } from 'commander';
import type { OrderDeps } from '../../order/deps.ts';
import type { PaymentOrder } from '../../order/order.ts';
import { reclose } from '../../order/requests/reclose.ts';
import { type ChannelAnswer, listStuck, queryChannels, recloseStuck } from '../../order/requests/stuck.ts';
import type { StuckFilter } from '../../order/store/stuck-store.ts';
import {
  addExamples,
  byHand,
  byOption,
  channelOption,
  count,
  jsonOption,
  type OpenApp,
  reasonOption,
  withApp,
} from '../command.ts';
import { print } from '../output.ts';
import { startProgress } from '../progress.ts';

type Options = StuckFilter & {
  by: string;
  stuck?: boolean;
  perSecond: number;
  dryRun?: boolean;
  json?: boolean;
  limit: number;
};

/** `autoclose reclose`: begin again, one order, several, or all that are stuck. */
export function addRecloseCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('reclose')
    .description(
      'enqueue a close now, whatever became of the earlier timer; of orders, or of all that are stuck',
    )
    .argument('[order-no...]', 'our order numbers')
    .option('--stuck', 'all stuck orders instead, of one channel or with one reason if given')
    .addOption(channelOption())
    .addOption(reasonOption())
    .option(
      '--per-second <n>',
      'with --stuck: so many become due in a second; with --dry-run: so many are asked about',
      count,
      20,
    )
    .option('--dry-run', 'change nothing: show what the channel says of each now')
    .addOption(byOption())
    .option('--limit <n>', 'with --stuck --dry-run: ask about so many at most', count, 1_000)
    .addOption(jsonOption())
    .action((orderNos: string[], options: Options, self: Command) => {
      const misuse = wrongUse(orderNos, options);
      if (misuse !== null) self.error(`error: ${misuse}`);
      return withApp(open, async ({ deps }) => {
        if (options.dryRun) return dryRun(deps, orderNos, options);
        return options.stuck ? recloseAll(deps, options) : recloseThese(deps, orderNos, options);
      });
    });
  addExamples(
    command,
    [
      'reclose AC2026…',
      'reclose --stuck --dry-run',
      'reclose --stuck --channel wechat_pay --reason misconfigured --per-second 50',
    ],
    'some order has ended, is not there, could not be changed, or its channel does not answer',
  );
  command.addHelpText('after', '\nA worker does the closing. A cancel goes on as a cancel.');
}

function wrongUse(orderNos: string[], { stuck, channel, reason }: Options): string | null {
  if (stuck && orderNos.length > 0) return 'give order numbers or --stuck, not both';
  if (!stuck && orderNos.length === 0) return 'give order numbers, or --stuck for all that are stuck';
  if (!stuck && (channel !== undefined || reason !== undefined))
    return '--channel and --reason go with --stuck';
  return null;
}

async function recloseThese(deps: OrderDeps, orderNos: string[], { by, json }: Options): Promise<boolean> {
  let ok = true;
  for (const orderNo of orderNos) {
    const outcome = await reclose(deps, orderNo, byHand(by));
    const status = outcome.kind === 'ended' ? ` ${outcome.status}` : '';
    print(json ? JSON.stringify({ orderNo, ...outcome }) : `${orderNo} ${outcome.kind}${status}`);
    ok &&= outcome.kind !== 'not_found' && outcome.kind !== 'ended';
  }
  return ok;
}

async function recloseAll(
  deps: OrderDeps,
  { channel, reason, perSecond, by, json }: Options,
): Promise<boolean> {
  const filter = { channel, reason };
  const progress = startProgress('enqueueing', await deps.stuck.count(filter, deps.clock.now()), { json });
  const counts = await recloseStuck(deps, filter, perSecond, byHand(by), progress.step).finally(
    progress.stop,
  );
  const { enqueued, ended, skipped, lastAt } = counts;
  const until = lastAt === null ? '' : `, the last at ${lastAt.toISOString()}`;
  const left = skipped.length === 0 ? '' : `; could not be changed now and stay stuck: ${skipped.join(', ')}`;
  print(json ? JSON.stringify(counts) : `${enqueued} enqueued${until}; ${ended} had ended${left}`);
  return skipped.length === 0;
}

async function dryRun(deps: OrderDeps, orderNos: string[], options: Options): Promise<boolean> {
  const { orders, missing } = await named(deps, orderNos, options);
  for (const orderNo of missing) {
    print(options.json ? JSON.stringify({ orderNo, says: 'not_found_here' }) : `${orderNo} not_found`);
  }
  const progress = startProgress('asking', orders.length, options);
  const said = await queryChannels(deps, orders, options.perSecond, { onAsked: progress.step }).finally(
    progress.stop,
  );
  for (const one of said) print(options.json ? JSON.stringify(asJson(one)) : asLine(one));
  return missing.length === 0 && said.every(({ says }) => says !== 'unknown' && says !== 'misconfigured');
}

async function named(deps: OrderDeps, orderNos: string[], { stuck, channel, reason, limit }: Options) {
  const orders: PaymentOrder[] = [];
  const missing: string[] = [];
  if (stuck) {
    const entries = await listStuck(deps, { channel, reason }, { limit, after: null });
    return { orders: entries.map(({ order }) => order), missing };
  }
  for (const orderNo of orderNos) {
    const order = await deps.store.find(orderNo);
    if (order === null) missing.push(orderNo);
    else orders.push(order);
  }
  return { orders, missing };
}

function asLine({ order, says, answer }: ChannelAnswer): string {
  const { orderNo, channel, status, ending } = order;
  return `${orderNo}  ${channel}  here ${status}/${ending}  channel ${says}  ${answer}`;
}

function asJson({ order, says, answer }: ChannelAnswer) {
  const { orderNo, bizOrderNo, channel, status, ending, retryReason, stuckAt } = order;
  return { orderNo, bizOrderNo, channel, status, ending, reason: retryReason, stuckAt, says, answer };
}
