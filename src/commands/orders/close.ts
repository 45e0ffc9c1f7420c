import type { Command } from 'commander';
import type { CloseOutcome, OrderNumbers } from '../../order/outcomes.ts';
import { requestClose } from '../../order/requests/close-cancel-sync.ts';
import { addExamples, byOption, jsonOption, manualTrigger, type OpenApp, withApp } from '../command.ts';
import { findOrders, runForEach } from './run-for-each.ts';

/** `autoclose close`: closes orders now, at their channels, like a merchant's call. */
export function addCloseCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('close')
    .description('close orders now at their channels, due or not; an order that is already paid stays paid')
    .argument('<number...>', 'our order numbers, ids, or the merchants’ or channels’ numbers')
    .addOption(byOption())
    .addOption(jsonOption())
    .action((numbers: string[], { by, json }: { by: string; json?: boolean }) =>
      withApp(open, async ({ deps }) => {
        const act = (order: OrderNumbers) => requestClose(deps, order, manualTrigger(by));
        return runForEach(await findOrders(deps, numbers), { label: 'closing', act, succeeded }, { json });
      }),
    );
  addExamples(
    command,
    ['close AC2026…', 'close ORDER-1 ORDER-2 --by li --json'],
    'an order was not closed: paid, still pending (retried automatically), busy, ambiguous or not found',
  );
}

function succeeded(outcome: CloseOutcome): boolean {
  if (outcome.kind === 'closed') return true;
  return outcome.kind === 'ended' && (outcome.status === 'close' || outcome.status === 'cancel');
}
