import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { type LocalServices, provideServices } from '../../src/sandbox/services/services.ts';
import { benchLateness } from './lateness.ts';
import { benchThroughput } from './throughput.ts';

interface Options {
  orders: number;
  rounds: number;
  only?: string;
  json?: boolean;
  plots?: string;
}

interface Result {
  table: string[][];
  notes: string[];
  plot: string;
  raw: unknown;
}
type Bench = (services: LocalServices, options: Options & { say: (line: string) => void }) => Promise<Result>;

const benches: Record<string, Bench> = { throughput: benchThroughput, lateness: benchLateness };

await new Command('bench')
  .description('Measures Autoclose against its ceilings and the obvious implementation, in the same run.')
  .option('--only <name>', `one of: ${Object.keys(benches).join(', ')}`)
  .option('--orders <n>', 'orders for each run', Number, 5_000)
  .option('--rounds <n>', 'rounds; the tables have their median and spread', Number, 5)
  .option('--plots <folder>', 'writes each plot there, as SVG')
  .option('--json', 'ends with all measurements as one JSON object on the last line')
  .action(run)
  .parseAsync();

async function run(options: Options): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const named = Object.entries(benches).filter(
    ([name]) => options.only === undefined || options.only === name,
  );
  if (named.length === 0) throw new Error(`no bench ${options.only}; there are: ${Object.keys(benches)}`);
  const services = await provideServices({ env: process.env, say });
  const raw: Record<string, unknown> = {};
  say(machine());
  try {
    for (const [name, bench] of named) {
      const result = await bench(services, { ...options, say });
      raw[name] = result.raw;
      say(
        `\n## ${name}\n\n${asTable(result.table)}\n\n${result.notes.map((note) => `- ${note}`).join('\n')}`,
      );
      if (options.plots === undefined) continue;
      await mkdir(options.plots, { recursive: true });
      await writeFile(join(options.plots, `${name}.svg`), result.plot);
    }
  } finally {
    await services.stop();
  }
  if (options.json === true) say(JSON.stringify({ machine: machine(), ...raw }));
}

function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${first?.model.trim()}), ${memory} GB, Node.js ${process.versions.node}`;
}

function asTable([head = [], ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
