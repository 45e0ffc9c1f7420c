import type { Command } from 'commander';
import { addExamples, count, jsonOption, type OpenApp, withApp } from '../command.ts';
import { print, printAll } from '../output.ts';

/** `autoclose violations`: payments and orders as they must never be; there should be none. */
export function addViolationsCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('violations')
    .description(
      'list orders paid or payable after their close, paid twice or with another amount, newest first',
    )
    .option('--limit <n>', 'at most so many', count, 100)
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
        if (!json && rows.length === 0) print('There is no violation.');
        if (!json && next !== null) print(`… the newest ${limit}; see --limit.`);
        return true;
      }),
    );
  addExamples(command, ['violations', 'violations --limit 1000 --json'], 'the database cannot be reached');
  command.addHelpText(
    'after',
    '\npaid: it took money after its close; payable: it could have; paid_twice: a second payment, which must go back by hand;\nmismatch: a payment of another amount. "autoclose order" shows what happened to each.',
  );
}
