#!/usr/bin/env node
import { Command } from 'commander';
import { type App, openApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { migrate } from './migrate.ts';
import { reclose } from './order/reclose.ts';
import { createLogger } from './platform/logger.ts';

/** Sysexits: the configuration is wrong. */
const EXIT_CONFIG = 78;

const program = new Command('autoclose')
  .description('Closes unpaid payment orders when their time runs out.')
  .showHelpAfterError();

program
  .command('start')
  .description('API and worker in one process')
  .action(() => run('serve', 'work'));
program
  .command('serve')
  .description('the API: merchants and channel notifications')
  .action(() => run('serve'));
program
  .command('work')
  .description('the timers: closes orders when they are due')
  .action(() => run('work'));

program
  .command('migrate')
  .description('bring the database to this version')
  .action(async () => {
    const { server } = readConfig(process.env);
    const ran = await migrate(server.DATABASE_URL);
    print(ran.length === 0 ? 'The database is up to date.' : `Migrated: ${ran.join(', ')}`);
  });

program
  .command('reclose')
  .description('enqueue a close now, whatever became of the earlier timer')
  .argument('<order-no...>', 'our order numbers')
  .action(async (orderNos: string[]) => {
    const app = await open();
    try {
      for (const orderNo of orderNos) {
        const outcome = await reclose(app.deps, orderNo);
        print(`${orderNo} ${outcome.kind}${outcome.kind === 'ended' ? ` ${outcome.status}` : ''}`);
        if (outcome.kind === 'not_found' || outcome.kind === 'ended') process.exitCode = 1;
      }
    } finally {
      await app.close();
    }
  });

/** Opens the app, does what is asked, and ends it cleanly on SIGTERM or SIGINT; a second signal ends it at once. */
async function run(...parts: ('serve' | 'work')[]): Promise<void> {
  const app = await open();
  const { log } = app.deps;
  if (parts.includes('serve')) log.info({ url: await app.serve() }, 'api is listening');
  if (parts.includes('work')) {
    app.work();
    log.info({ channels: [...app.deps.channels.keys()] }, 'worker is running');
  }
  const signal = await nextSignal();
  log.info({ signal }, 'ending');
  void nextSignal().then(() => process.exit(1));
  await app.close();
  log.info('ended');
  process.exit(0);
}

async function open(): Promise<App> {
  const config = readConfig(process.env);
  return openApp(config, createLogger(config.server.LOG_LEVEL));
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
  if (!(error instanceof Error)) throw error;
}
