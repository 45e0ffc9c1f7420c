import type { Command } from 'commander';
import type { CloseOutcome, OrderNumbers } from '../../order/outcomes.ts';
import { requestClose } from '../../order/requests/close-cancel-sync.ts';
import { addExamples, byHand, byOption, jsonOption, type OpenApp, withApp } from '../command.ts';
import { doWithEach, nameOrders } from './by-hand.ts';

/** `autoclose close`: closes orders now, at their channels, as a merchant's call would. */
export function addCloseCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('close')
    .description('close orders now at their channels, due or not; one that turns out to be paid stays paid')
    .argument('<number...>', 'our order numbers, ids, or the merchants’ or channels’ numbers')
    .addOption(byOption())
    .addOption(jsonOption())
    .action((numbers: string[], { by, json }: { by: string; json?: boolean }) =>
      withApp(open, async ({ deps }) => {
        const act = (order: OrderNumbers) => requestClose(deps, order, byHand(by));
        return doWithEach(await nameOrders(deps, numbers), { what: 'closing', act, cameAbout }, { json });
      }),
    );
  addExamples(
    command,
    ['close AC2026…', 'close ORDER-1 ORDER-2 --by li --json'],
    'some order is not closed: paid, still pending (it goes on by itself), busy, ambiguous or not there',
  );
}

function cameAbout(outcome: CloseOutcome): boolean {
  if (outcome.kind === 'closed') return true;
  return outcome.kind === 'ended' && (outcome.status === 'close' || outcome.status === 'cancel');
}
