import type { Command } from 'commander';
import { renderNotices } from '../notice/render-notices.ts';
import { resendNotices } from '../notice/resend-notices.ts';
import { addExamples, type OpenApp, withApp } from './command.ts';
import { print } from './output.ts';

/** `autoclose notices`: shows an order's merchant notices, and sends them again. */
export function addNoticesCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('notices')
    .description('show an order’s merchant notices and every delivery attempt')
    .argument('<number>', 'our order number, or the event id of one notice')
    .option('--resend', 'send them again now, delivered or not; they keep their event ids')
    .option('--json', 'print one JSON array')
    .action((number: string, { resend = false, json = false }: { resend?: boolean; json?: boolean }) =>
      withApp(open, async ({ deps, notices }) => {
        if (resend) await resendNotices({ ...deps, notices }, number);
        const found = await notices.list(number);
        for (const line of json ? [JSON.stringify(found)] : renderNotices(found)) print(line);
        return found.length > 0;
      }),
    );
  addExamples(
    command,
    ['notices AC2026…', 'notices AC2026… --resend', 'notices AC2026… --json'],
    'there are no notices for it',
  );
}
