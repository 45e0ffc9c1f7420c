import type { Command } from 'commander';
import { nextSignal } from '../platform/next-signal.ts';
import { addExamples } from './command.ts';

/** `autoclose quickstart`: runs everything on this machine, with a small shop. */
export function addQuickstartCommand(program: Command): void {
  const command = program
    .command('quickstart')
    .description('see it work: runs everything on this machine, with a small shop and 20 customers')
    .option('--once', 'exit after the summary; exit code 0 only if every order ended correctly')
    .option('--json', 'print the summary as one JSON object on the last line')
    .action(async ({ once = false, json = false }: { once?: boolean; json?: boolean }) => {
      const { quickstart } = await import('../sandbox/quickstart/quickstart.ts');
      const stopping = new AbortController();
      void stopOnSignal(stopping);
      const right = await quickstart({ env: process.env, once, json, signal: stopping.signal });
      // Interrupted before the summary: not a success.
      const interrupted = stopping.signal.aborted && right === null;
      process.exitCode = interrupted ? (stopping.signal.reason === 'SIGINT' ? 130 : 143) : right ? 0 : 1;
    });
  addExamples(
    command,
    ['quickstart', 'quickstart --once --json'],
    'an order did not end correctly; 130 or 143: interrupted by a signal',
  );
}

/** Ctrl-C signals npm and us, and npm signals us again: within this time, ms, they count as one. */
const ONE_SIGNAL_MS = 1_000;

/** The first signal stops cleanly, a second one immediately. */
async function stopOnSignal(stopping: AbortController): Promise<void> {
  stopping.abort(await nextSignal());
  const since = performance.now();
  do await nextSignal();
  while (performance.now() - since < ONE_SIGNAL_MS);
  process.exit(1);
}
