import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { App } from '../../app.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { nextSignal } from '../../platform/next-signal.ts';
import { addExamples, type OpenApp, count as wholeNumber } from '../command.ts';
import { reportReady, runProcesses, SUPERVISED, supervisedStop } from './processes.ts';

type Part = 'serve' | 'work';

const commands: { name: string; description: string; parts: Part[] }[] = [
  { name: 'start', description: 'API and worker in one process', parts: ['serve', 'work'] },
  { name: 'serve', description: 'the API, channel notifications and the admin page', parts: ['serve'] },
  { name: 'work', description: 'the worker: closes orders when they are due', parts: ['work'] },
];

/** Each process has ten connections to the database: more than this should be a person's choice. */
const MOST_BY_DEFAULT = 4;

/** What several processes need of the configuration, which is read before any of them starts. */
export interface ProcessesConfig {
  env: NodeJS.ProcessEnv;
  metricsPort: number;
  log: Logger;
}

/** `autoclose start`, `serve` and `work`: run the program until a signal stops it. */
export function addRunCommands(
  program: Command,
  open: OpenApp,
  readProcessesConfig: () => Promise<ProcessesConfig>,
): void {
  for (const { name, description, parts } of commands) {
    const command = program.command(name).description(description);
    if (name === 'work')
      command
        .option(
          '--processes <n>',
          `worker processes, each with METRICS_PORT and the following ports (default: the cores, at most ${MOST_BY_DEFAULT})`,
          wholeNumber,
        )
        .addOption(new Option(SUPERVISED).hideHelp())
        .action(async ({ processes, supervised = false }: { processes?: number; supervised?: boolean }) => {
          const count = processes ?? Math.min(availableParallelism(), MOST_BY_DEFAULT);
          if (count === 1) return run(open, parts, { supervised });
          process.exitCode = await runAll(count, await readProcessesConfig());
        });
    else command.action(() => run(open, parts));
    addExamples(command, [name], 'it cannot start: the log has the reason (database, port)');
    command.addHelpText(
      'after',
      '\nIt logs JSON lines. SIGTERM stops it cleanly, a second signal immediately.',
    );
  }
}

function runAll(count: number, { env, metricsPort, log }: ProcessesConfig): Promise<number> {
  const portOf = (index: number) => String(metricsPort === 0 ? 0 : metricsPort + index);
  return runProcesses({ count, log, envOf: (index) => ({ ...env, METRICS_PORT: portOf(index) }) });
}

/**
 * Opens the app, runs these parts, and closes it cleanly on SIGTERM or SIGINT; a second signal exits at once. Listens for
 * signals before it opens anything: a container's process 1 ignores signals that it does not handle. A supervised process
 * leaves the second signal to the one that started it.
 */
async function run(open: OpenApp, parts: Part[], { supervised } = { supervised: false }): Promise<void> {
  const signal = supervised ? supervisedStop() : nextSignal();
  const app = await Promise.race([open(), signal.then(() => null)]);
  // Stopped while opening: there is no work to finish.
  if (app === null) return;
  try {
    await runUntil(signal, app, parts);
    if (!supervised) void nextSignal().then(() => process.exit(1));
  } finally {
    await app.close();
  }
  app.deps.log.info('stopped');
}

async function runUntil(stopped: Promise<NodeJS.Signals>, app: App, parts: Part[]): Promise<void> {
  const { log } = app.deps;
  if (parts.includes('serve')) log.info({ url: await app.serve() }, 'api is listening');
  if (parts.includes('work')) {
    app.work();
    log.info({ channels: [...app.deps.channels.keys()] }, 'worker is running');
    reportReady();
  }
  const signal = await stopped;
  log.info({ signal }, 'stopping');
}
