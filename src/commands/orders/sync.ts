import type { Command } from 'commander';
import type { OrderNumbers, SyncOutcome } from '../../order/outcomes.ts';
import { requestSync } from '../../order/requests/close-cancel-sync.ts';
import { addExamples, byOption, jsonOption, manualTrigger, type OpenApp, withApp } from '../command.ts';
import { findOrders, runForEach } from './run-for-each.ts';

/** `autoclose sync`: queries the channels, and corrects the orders. */
export function addSyncCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('sync')
    .description('query the channels, and correct the orders accordingly')
    .argument('<number...>', 'our order numbers, ids, or the merchants’ or channels’ numbers')
    .addOption(byOption())
    .addOption(jsonOption())
    .action((numbers: string[], { by, json }: { by: string; json?: boolean }) =>
      withApp(open, async ({ deps }) => {
        const act = (order: OrderNumbers) => requestSync(deps, order, manualTrigger(by));
        const succeeded = ({ kind }: SyncOutcome) => kind === 'synced';
        return runForEach(await findOrders(deps, numbers), { label: 'querying', act, succeeded }, { json });
      }),
    );
  addExamples(
    command,
    ['sync AC2026…', 'sync ORDER-1 ORDER-2 --json'],
    'a channel did not answer, or an order is busy, ambiguous or not found',
  );
}
