import type { Command } from 'commander';
import { nextSignal } from '../platform/next-signal.ts';
import { addExamples } from './command.ts';

/** `autoclose quickstart`: the whole program with a small shop, on this machine alone. */
export function addQuickstartCommand(program: Command): void {
  const command = program
    .command('quickstart')
    .description('see it work: everything on this machine, with a small shop and 20 customers')
    .option('--once', 'end after the summary; exit code 0 only if every order ended as it should')
    .option('--json', 'print the summary as one JSON object on the last line')
    .action(async ({ once = false, json = false }: { once?: boolean; json?: boolean }) => {
      const { quickstart } = await import('../sandbox/quickstart/quickstart.ts');
      const stopping = new AbortController();
      void endBySignal(stopping);
      const right = await quickstart({ env: process.env, once, json, signal: stopping.signal });
      // Ended before its time: no success, whatever it had shown by then.
      const cutOff = stopping.signal.aborted && right === null;
      process.exitCode = cutOff ? (stopping.signal.reason === 'SIGINT' ? 130 : 143) : right ? 0 : 1;
    });
  addExamples(
    command,
    ['quickstart', 'quickstart --once --json'],
    'some order did not end as it should; 130 or 143: a signal cut it off',
  );
}

/** A terminal tells npm and us, and npm tells us again: that is one signal, ms. */
const ONE_SIGNAL_MS = 1_000;

/** The first signal ends it in order, and a second one at once. */
async function endBySignal(stopping: AbortController): Promise<void> {
  stopping.abort(await nextSignal());
  const since = performance.now();
  do await nextSignal();
  while (performance.now() - since < ONE_SIGNAL_MS);
  process.exit(1);
}
