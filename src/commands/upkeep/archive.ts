import { type Command, InvalidArgumentError } from 'commander';
import { archiveOrders, countArchivable } from '../../order/requests/archive.ts';
import { addExamples, type OpenApp, withApp } from '../command.ts';
import { print } from '../output.ts';
import { startProgress } from '../progress.ts';

/** Channels still repeat notifications and correct refunds of younger orders. */
const LEAST_DAYS = 30;
/** A batch is one transaction, which must stay short. */
const MOST_IN_BATCH = 5_000;
const DAY_MS = 86_400_000;

interface Options {
  olderThan: number;
  batch: number;
  dryRun?: boolean;
  json?: boolean;
}

/** `autoclose archive`: moves orders that ended long ago to the archive tables. */
export function addArchiveCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('archive')
    .description('move orders that ended long ago, with all their rows, to the archive tables')
    .requiredOption(
      '--older-than <days>',
      `ended, and unchanged, for at least this long: 90d; at least ${LEAST_DAYS}d`,
      days,
    )
    .option('--batch <n>', `orders per transaction, at most ${MOST_IN_BATCH}`, batch, 500)
    .option('--dry-run', 'only count them')
    .option('--json', 'print the count as one JSON object')
    .action(({ olderThan, batch: limit, dryRun = false, json = false }: Options) =>
      withApp(open, async ({ deps }) => {
        const before = new Date(deps.clock.now().getTime() - olderThan * DAY_MS);
        const orders = dryRun
          ? await countArchivable(deps, { before, limit })
          : await move({ before, limit });
        if (json) print(JSON.stringify({ orders, before, dryRun }));
        else
          print(
            `${orders} ${dryRun ? 'would be archived' : 'archived'}, unchanged since ${before.toISOString()}`,
          );
        return true;

        async function move(which: { before: Date; limit: number }): Promise<number> {
          const isShown = !json && process.stderr.isTTY;
          const progress = startProgress('archiving', isShown ? await countArchivable(deps, which) : 0, {
            json,
          });
          try {
            return await archiveOrders(deps, which, progress.step);
          } finally {
            progress.stop();
          }
        }
      }),
    );
  addExamples(
    command,
    [
      'archive --older-than 90d --dry-run',
      'archive --older-than 90d',
      'archive --older-than 180d --batch 100',
    ],
    'the database is unavailable, or a batch failed; the batches before it stay done',
  );
  command.addHelpText(
    'after',
    '\nIt can be interrupted and run again at any time. Archived orders are still found by their numbers, and are moved back\nwhen something happens to them, such as a payment.',
  );
}

/** Parses a number of days. */
function days(text: string): number {
  const [, digits] = /^(\d{1,5})d$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('must be a number of days, like 90d');
  if (Number(digits) < LEAST_DAYS)
    throw new InvalidArgumentError(
      `must be at least ${LEAST_DAYS}d: channels still send notifications about younger orders`,
    );
  return Number(digits);
}

function batch(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) > MOST_IN_BATCH)
    throw new InvalidArgumentError(`must be a whole number from 1 to ${MOST_IN_BATCH}`);
  return Number(text);
}
