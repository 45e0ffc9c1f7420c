import type { Command } from 'commander';
import type { App } from '../app.ts';
import { nextSignal } from '../platform/next-signal.ts';
import { addExamples, type OpenApp } from './command.ts';

type Part = 'serve' | 'work';

const commands: { name: string; description: string; parts: Part[] }[] = [
  { name: 'start', description: 'API and worker in one process', parts: ['serve', 'work'] },
  { name: 'serve', description: 'the API: merchants and channel notifications', parts: ['serve'] },
  { name: 'work', description: 'the timers: closes orders when they are due', parts: ['work'] },
];

/** `autoclose start`, `serve` and `work`: the program itself, until a signal ends it. */
export function addRunCommands(program: Command, open: OpenApp): void {
  for (const { name, description, parts } of commands) {
    const command = program
      .command(name)
      .description(description)
      .action(() => run(open, parts));
    addExamples(command, [name], 'it cannot start: the log says why (database, port)');
    command.addHelpText('after', '\nIt logs JSON lines. SIGTERM ends it cleanly, a second signal at once.');
  }
}

/**
 * Opens the app, does what is asked, and ends it cleanly on SIGTERM or SIGINT; a second signal ends it at once. It listens
 * for them before it opens anything: to a container's process 1, one that nobody listens for is lost.
 */
async function run(open: OpenApp, parts: Part[]): Promise<void> {
  const signal = nextSignal();
  const app = await Promise.race([open(), signal.then(() => null)]);
  // Ended while it was still opening: nothing is in hand.
  if (app === null) return;
  try {
    await runUntil(signal, app, parts);
  } finally {
    await app.close();
  }
  app.deps.log.info('stopped');
}

async function runUntil(asked: Promise<NodeJS.Signals>, app: App, parts: Part[]): Promise<void> {
  const { log } = app.deps;
  if (parts.includes('serve')) log.info({ url: await app.serve() }, 'api is listening');
  if (parts.includes('work')) {
    app.work();
    log.info({ channels: [...app.deps.channels.keys()] }, 'worker is running');
  }
  const signal = await asked;
  log.info({ signal }, 'stopping');
  void nextSignal().then(() => process.exit(1));
}
