import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { CancelOutcome, OrderNumbers } from '../../order/outcomes.ts';
import { requestCancel } from '../../order/requests/close-cancel-sync.ts';
import { addExamples, byHand, byOption, EXIT_USAGE, jsonOption, type OpenApp, withApp } from '../command.ts';
import { doWithEach, nameOrders } from './by-hand.ts';
import type { Named } from './name-order.ts';

/** Asks the person at the terminal; null: nobody is there to be asked. */
export type Ask = ((question: string) => Promise<boolean>) | null;

interface Options {
  by: string;
  yes?: boolean;
  json?: boolean;
}

/** `autoclose cancel`: afterwards nobody has paid for these orders; what was paid goes back. */
export function addCancelCommand(program: Command, open: OpenApp, ask: Ask = terminal()): void {
  const command = program
    .command('cancel')
    .description('cancel orders: the unpaid are closed at their channels, the paid give their money back')
    .argument('<number...>', 'our order numbers, ids, or the merchants’ or channels’ numbers')
    .option('--yes', 'do not ask before money goes back; needed for paid orders where there is no terminal')
    .addOption(byOption())
    .addOption(jsonOption())
    .action((numbers: string[], { by, yes = false, json }: Options, self: Command) =>
      withApp(open, async ({ deps }) => {
        const named = await nameOrders(deps, numbers);
        const question = questionAbout(named);
        if (question !== null && !yes) {
          if (ask === null)
            self.error(`error: ${question} Nothing was done: say --yes.`, { exitCode: EXIT_USAGE });
          if (!(await ask(question))) throw new Error('Nothing was done.');
        }
        const act = (order: OrderNumbers) => requestCancel(deps, order, byHand(by));
        return doWithEach(named, { what: 'cancelling', act, cameAbout }, { json });
      }),
    );
  addExamples(
    command,
    ['cancel AC2026…', 'cancel ORDER-1 ORDER-2 --yes --json'],
    'you said no, or some order is not cancelled: refused, still pending (it goes on by itself), busy, ambiguous or not there',
  );
  command.addHelpText(
    'after',
    '\nIt asks about orders that are known here to be paid. One paid a moment ago, of which the channel has not told us yet,\ngives its money back without being asked about: "autoclose sync" first where that matters.',
  );
}

function cameAbout(outcome: CancelOutcome): boolean {
  if (outcome.kind === 'cancelled') return true;
  return outcome.kind === 'ended' && outcome.status !== 'refunding';
}

/** Null: none of them is paid. One that is paid in the meantime gives its money back all the same. */
function questionAbout(named: [string, Named][]): string | null {
  const paid = named.flatMap(([, found]) =>
    found.kind === 'one' && found.order.status === 'success' ? [found.order] : [],
  );
  if (paid.length === 0) return null;
  const yuan = (paid.reduce((sum, { amountFen }) => sum + amountFen, 0) / 100).toFixed(2);
  const which = paid.length === 1 ? `${paid[0]?.orderNo} is` : `${paid.length} of these orders are`;
  return `${which} paid: ${yuan} yuan will go back to the customer.`;
}

function terminal(): Ask {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} Go on? [y/N] `)).trim());
    } finally {
      lines.close();
    }
  };
}
