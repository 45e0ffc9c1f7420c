import type { Command } from 'commander';
import { addExamples, count, jsonOption, type OpenApp, withApp } from '../command.ts';
import { print, printAll } from '../output.ts';

/** `autoclose violations`: lists violations of the guarantees; there should be none. */
export function addViolationsCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('violations')
    .description(
      'list orders paid or payable after their close, paid twice or with another amount, newest first',
    )
    .option('--limit <n>', 'list at most this many', count, 100)
    .addOption(jsonOption())
    .action(({ limit, json }: { limit: number; json?: boolean }) =>
      withApp(open, async ({ orderAdmin }) => {
        const { rows, next } = await orderAdmin.listViolations({ limit, after: null });
        await printAll(
          rows.map((row) => {
            const { orderNo, channel, kind, foundAt } = row;
            if (json) return JSON.stringify(row);
            return [orderNo, channel, kind.padEnd(10), foundAt.toISOString()].join('  ');
          }),
        );
        if (!json && rows.length === 0) print('No violations.');
        if (!json && next !== null) print(`… only the newest ${limit} are shown; see --limit.`);
        return true;
      }),
    );
  addExamples(command, ['violations', 'violations --limit 1000 --json'], 'the database is unavailable');
  command.addHelpText(
    'after',
    '\npaid: money arrived after the close; payable: it could have; paid_twice: a second payment, to be refunded by hand;\nmismatch: a payment of another amount. "autoclose order" shows the history of each.',
  );
}
