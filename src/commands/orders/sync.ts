import type { Command } from 'commander';
import type { OrderNumbers, SyncOutcome } from '../../order/outcomes.ts';
import { requestSync } from '../../order/requests/close-cancel-sync.ts';
import { addExamples, byHand, byOption, jsonOption, type OpenApp, withApp } from '../command.ts';
import { doWithEach, nameOrders } from './by-hand.ts';

/** `autoclose sync`: asks the channels what has become of orders, and corrects them by what they say. */
export function addSyncCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('sync')
    .description('ask the channels what has become of orders, and correct them here by the answer')
    .argument('<number...>', 'our order numbers, ids, or the merchants’ or channels’ numbers')
    .addOption(byOption())
    .addOption(jsonOption())
    .action((numbers: string[], { by, json }: { by: string; json?: boolean }) =>
      withApp(open, async ({ deps }) => {
        const act = (order: OrderNumbers) => requestSync(deps, order, byHand(by));
        const cameAbout = ({ kind }: SyncOutcome) => kind === 'synced';
        return doWithEach(await nameOrders(deps, numbers), { what: 'asking', act, cameAbout }, { json });
      }),
    );
  addExamples(
    command,
    ['sync AC2026…', 'sync ORDER-1 ORDER-2 --json'],
    'some channel did not answer, or some order is busy, ambiguous or not there',
  );
}
