import type { Command } from 'commander';
import type { App } from '../app.ts';
import { nextSignal } from '../platform/next-signal.ts';
import { addExamples, type OpenApp } from './command.ts';

type Part = 'serve' | 'work';

const commands: { name: string; description: string; parts: Part[] }[] = [
  { name: 'start', description: 'API and worker in one process', parts: ['serve', 'work'] },
  { name: 'serve', description: 'the API, channel notifications and the admin page', parts: ['serve'] },
  { name: 'work', description: 'the worker: closes orders when they are due', parts: ['work'] },
];

/** `autoclose start`, `serve` and `work`: run the program until a signal stops it. */
export function addRunCommands(program: Command, open: OpenApp): void {
  for (const { name, description, parts } of commands) {
    const command = program
      .command(name)
      .description(description)
      .action(() => run(open, parts));
    addExamples(command, [name], 'it cannot start: the log has the reason (database, port)');
    command.addHelpText(
      'after',
      '\nIt logs JSON lines. SIGTERM stops it cleanly, a second signal immediately.',
    );
  }
}

/**
 * Opens the app, runs these parts, and closes it cleanly on SIGTERM or SIGINT; a second signal exits at once. Listens for
 * signals before it opens anything: a container's process 1 ignores signals that it does not handle.
 */
async function run(open: OpenApp, parts: Part[]): Promise<void> {
  const signal = nextSignal();
  const app = await Promise.race([open(), signal.then(() => null)]);
  // Stopped while opening: there is no work to finish.
  if (app === null) return;
  try {
    await runUntil(signal, app, parts);
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
  }
  const signal = await stopped;
  log.info({ signal }, 'stopping');
  void nextSignal().then(() => process.exit(1));
}
