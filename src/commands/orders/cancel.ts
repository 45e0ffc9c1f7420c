import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { CancelOutcome, OrderNumbers } from '../../order/outcomes.ts';
import { requestCancel } from '../../order/requests/close-cancel-sync.ts';
import {
  addExamples,
  byOption,
  EXIT_USAGE,
  jsonOption,
  manualTrigger,
  type OpenApp,
  withApp,
} from '../command.ts';
import type { FoundOrder } from './find-order.ts';
import { findOrders, runForEach } from './run-for-each.ts';

/** Asks a person at the terminal; null: there is no terminal. */
export type Ask = ((question: string) => Promise<boolean>) | null;

interface Options {
  by: string;
  yes?: boolean;
  json?: boolean;
}

/** `autoclose cancel`: cancels orders: closes unpaid ones, refunds paid ones. */
export function addCancelCommand(program: Command, open: OpenApp, ask: Ask = terminal()): void {
  const command = program
    .command('cancel')
    .description('cancel orders: unpaid ones are closed at their channels, paid ones are refunded')
    .argument('<number...>', 'our order numbers, ids, or the merchants’ or channels’ numbers')
    .option('--yes', 'refund without asking; required for paid orders if there is no terminal')
    .addOption(byOption())
    .addOption(jsonOption())
    .action((numbers: string[], { by, yes = false, json }: Options, self: Command) =>
      withApp(open, async ({ deps }) => {
        const orders = await findOrders(deps, numbers);
        const question = questionAbout(orders);
        if (question !== null && !yes) {
          if (ask === null)
            self.error(`error: ${question} Nothing was done: use --yes.`, { exitCode: EXIT_USAGE });
          if (!(await ask(question))) throw new Error('Nothing was done.');
        }
        const act = (order: OrderNumbers) => requestCancel(deps, order, manualTrigger(by));
        return runForEach(orders, { label: 'cancelling', act, succeeded }, { json });
      }),
    );
  addExamples(
    command,
    ['cancel AC2026…', 'cancel ORDER-1 ORDER-2 --yes --json'],
    'you declined, or an order was not cancelled: refused, still pending (retried automatically), busy, ambiguous or not found',
  );
  command.addHelpText(
    'after',
    '\nIt asks before refunding orders that are known to be paid. An order that was paid a moment ago, before the channel\nnotified us, is refunded without asking: run "autoclose sync" first if that matters.',
  );
}

function succeeded(outcome: CancelOutcome): boolean {
  if (outcome.kind === 'cancelled') return true;
  return outcome.kind === 'ended' && outcome.status !== 'refunding';
}

/** Null: none of them is known to be paid. */
function questionAbout(orders: [string, FoundOrder][]): string | null {
  const paid = orders.flatMap(([, found]) =>
    found.kind === 'one' && found.order.status === 'success' ? [found.order] : [],
  );
  if (paid.length === 0) return null;
  const yuan = (paid.reduce((sum, { amountFen }) => sum + amountFen, 0) / 100).toFixed(2);
  const which = paid.length === 1 ? `${paid[0]?.orderNo} is` : `${paid.length} of these orders are`;
  return `${which} paid: ${yuan} yuan will be refunded to the customer.`;
}

function terminal(): Ask {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} Continue? [y/N] `)).trim());
    } finally {
      lines.close();
    }
  };
}
