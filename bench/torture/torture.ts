import { Command, InvalidArgumentError } from 'commander';
import { provideServices } from '../../src/sandbox/services/services.ts';
import { asTable, runAllDefects } from './defects/run-all-defects.ts';
import { runWithDefect } from './defects/run-with-defect.ts';
import { createReport, inWords, type Report } from './report.ts';
import { runSimulation } from './run-simulation.ts';
import { runStorm } from './storm/run-storm.ts';

interface Options {
  orders: number;
  seed: number;
  minutes?: number;
  only?: number;
  defect?: string;
  defects?: boolean;
  processes?: number;
  first?: boolean;
  until?: string[];
  storm: number;
  json?: boolean;
}

const MAX_SEED = 2 ** 31 - 1;
/** Within so many orders every known defect has to be found. */
const DEFECT_ORDERS = 200;

/**
 * Tries to break Autoclose. Exit code 0: nothing was wrong; 1: violations were found; 2: the bench itself failed.
 * In each case the seed is printed, and replays it.
 */
new Command('torture')
  .description('Tries to break Autoclose, and says how.')
  .option('--orders <n>', 'orders to simulate', whole, 10_000)
  .option('--storm <n>', 'orders for the storm on real processes', whole, 300)
  .option('--seed <n>', 'what chooses everything that happens', whole, Date.now() % MAX_SEED)
  .option('--minutes <n>', 'continue with the next seeds for this long', whole)
  .option('--only <index>', 'simulate this one order, and show everything that happens', whole)
  .option('--defect <names>', 'first put known defects into a copy of the program')
  .option('--defects', 'run with each known defect in turn, up to the first accusation; end with a table')
  .option('--processes <n>', 'processes that simulate; default: one for each processor', whole)
  .option('--first', 'begin no other order once something was wrong')
  .option('--until <accusations...>', 'simulate no other order once each of these was made')
  .option('--json', 'end with the totals as one JSON object on the last line')
  .action(async (options: Options, command: Command) => {
    const { defect, defects } = options;
    if (defects === true) {
      // Ten thousand orders would find anything.
      const isDefault = command.getOptionValueSource('orders') === 'default';
      process.exit(await tortureDefects({ ...options, orders: isDefault ? DEFECT_ORDERS : options.orders }));
    }
    process.exit(await (defect === undefined ? torture(options) : tortureDefect(defect)));
  })
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(2);
  });

async function torture(options: Options): Promise<number> {
  const { orders, seed, minutes, only, storm, json, processes, first: stopAtFirst, until } = options;
  const report = createReport((text) => process.stdout.write(text));
  const services = await provideServices({ env: process.env, say: report.line });
  for (const line of services.description) report.line(line);
  const isEnough = stopAtFirst === true ? () => true : allOf(until);
  const endsAt = Date.now() + (minutes ?? 0) * 60_000;
  try {
    for (let now = seed; now === seed || Date.now() < endsAt; now += 1) {
      const indexes = only === undefined ? Array.from({ length: orders }, (_, index) => index) : [only];
      const { databaseUrl } = services;
      await runSimulation(report, { databaseUrl, seed: now, indexes, processes, isEnough });
      const isOver = stopAtFirst === true && report.found() !== null;
      if (storm > 0 && only === undefined && !isOver) await storms(report, now, storm);
    }
  } finally {
    await services.stop();
  }
  report.line(`torture, from seed ${seed}: ${inWords(report.totals)}`);
  if (json === true) report.line(JSON.stringify({ ...report.totals, seed, found: report.found() }));
  return report.totals.violations === 0 ? 0 : 1;
}

/** True once each of these has been among the accusations. */
function allOf(wanted: string[] = []): (violations: string[]) => boolean {
  const missing = new Set(wanted);
  return (violations) => {
    for (const accusation of missing)
      if (violations.some((each) => each.includes(accusation))) missing.delete(accusation);
    return wanted.length > 0 && missing.size === 0;
  };
}

async function storms(report: Report, seed: number, orders: number): Promise<void> {
  const { violations, ...counts } = await runStorm({ seed, orders, say: report.line });
  for (const violation of violations) report.line(`VIOLATION in the storm of seed ${seed}: ${violation}`);
  if (violations.length > 0) report.find({ orders: report.totals.orders + counts.orders, violations });
  const totals = { ...counts, violations: violations.length };
  report.line(`storm with seed ${seed}: ${inWords(totals)}`);
  report.add(totals);
}

async function tortureDefect(defect: string): Promise<number> {
  const write = (text: string) => process.stdout.write(text);
  const { exitCode } = await runWithDefect(defect, withoutDefect(process.argv.slice(2)), process.env, write);
  write(`defect ${defect}: ${exitCode === 1 ? 'caught' : 'NOT caught'}\n`);
  return exitCode;
}

/** 0: every defect was caught; 1: one was not, or could not be tried. */
async function tortureDefects({ orders, seed, json }: Options): Promise<number> {
  const line = (text: string) => process.stdout.write(`${text}\n`);
  const results = await runAllDefects({ orders, seed }, ({ defect, verdict, orders: after, said }) =>
    line(`defect ${defect}: ${verdict}${after === null ? '' : ` after ${after} orders`}: ${said}`),
  );
  const caught = results.filter(({ verdict }) => verdict === 'caught').length;
  line(`\n${asTable(results)}\n\n${caught} of ${results.length} defects caught, with seed ${seed}`);
  if (json === true) line(JSON.stringify({ seed, orders, defects: results }));
  return caught === results.length ? 0 : 1;
}

function withoutDefect(args: string[]): string[] {
  const at = args.indexOf('--defect');
  return at < 0 ? args.filter((arg) => !arg.startsWith('--defect=')) : args.toSpliced(at, 2);
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(text);
}
