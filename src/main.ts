#!/usr/bin/env node
import { statSync } from 'node:fs';
import { Command } from 'commander';
import { type App, openApp } from './app.ts';
import { print } from './commands/command.ts';
import { addLateCommand } from './commands/late.ts';
import { addNoticesCommand } from './commands/notices.ts';
import { addRecloseCommand } from './commands/reclose.ts';
import { addStuckCommand } from './commands/stuck.ts';
import { ConfigError, readConfig, readDatabaseUrl } from './config.ts';
import { migrate } from './migrate.ts';
import { createLogger } from './platform/logger.ts';
import { version } from './version.ts';

/** Sysexits: the configuration is wrong. */
const EXIT_CONFIG = 78;

const program = new Command('autoclose')
  .description('Closes unpaid payment orders when their time runs out.')
  .version(version)
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
    loadEnvFile();
    const ran = await migrate(readDatabaseUrl(process.env));
    print(ran.length === 0 ? 'The database is up to date.' : `Migrated: ${ran.join(', ')}`);
  });

addStuckCommand(program, openForCommand);
addRecloseCommand(program, openForCommand);

addLateCommand(program, openForCommand);
addNoticesCommand(program, openForCommand);

program
  .command('simulate')
  .description('run the gateways’ simulators')
  .option('--port <port>', 'where to listen', '9100')
  .action(async ({ port }: { port: string }) => {
    if (!/^\d+$/.test(port) || Number(port) > 65_535)
      throw new ConfigError('--port: must be a whole number up to 65535');
    const { startSimulator } = await import('./simulator/simulator.ts');
    const simulator = await startSimulator({ port: Number(port) });
    print(
      `WeChat Pay, Alipay and UnionPay at ${simulator.url}; control under ${simulator.url}/__sim. For the API's environment:\n`,
    );
    for (const [name, value] of Object.entries(simulator.env)) {
      print(`${name}="${value.trim().replaceAll('\n', '\\n')}"`);
    }
    await nextSignal();
    await simulator.close();
  });

program
  .command('quickstart')
  .description('see it work: everything on this machine, with a small shop and 20 customers')
  .option('--once', 'end after the summary; exit code 0 only if every order ended as it should')
  .option('--json', 'print the summary as one JSON object on the last line')
  .action(async ({ once = false, json = false }: { once?: boolean; json?: boolean }) => {
    const { quickstart } = await import('./quickstart/quickstart.ts');
    const stopping = new AbortController();
    void nextSignal().then((signal) => {
      stopping.abort(signal);
      void nextSignal().then(() => process.exit(1));
    });
    const right = await quickstart({ env: process.env, once, json, signal: stopping.signal });
    // Ended before its time: no success, whatever it had shown by then.
    const cutOff = stopping.signal.aborted && right === null;
    process.exit(cutOff ? (stopping.signal.reason === 'SIGINT' ? 130 : 143) : right ? 0 : 1);
  });

/** Opens the app, does what is asked, and ends it cleanly on SIGTERM or SIGINT; a second signal ends it at once. */
async function run(...parts: ('serve' | 'work')[]): Promise<void> {
  const app = await open();
  try {
    await runUntilSignal(app, parts);
  } finally {
    await app.close();
  }
  app.deps.log.info('ended');
  process.exit(0);
}

async function runUntilSignal(app: App, parts: ('serve' | 'work')[]): Promise<void> {
  const { log } = app.deps;
  if (parts.includes('serve')) log.info({ url: await app.serve() }, 'api is listening');
  if (parts.includes('work')) {
    app.work();
    log.info({ channels: [...app.deps.channels.keys()] }, 'worker is running');
  }
  const signal = await nextSignal();
  log.info({ signal }, 'ending');
  void nextSignal().then(() => process.exit(1));
}

/** For a command whose answer is what it prints: it logs to standard error. */
function openForCommand(): Promise<App> {
  return open({ stderr: true });
}

async function open(logTo: { stderr?: boolean } = {}): Promise<App> {
  loadEnvFile();
  const config = readConfig(process.env);
  return openApp(config, createLogger(config.server.LOG_LEVEL, logTo));
}

/** The environment wins over the file. Not for the quickstart: it must not meet what is configured for real. */
function loadEnvFile(): void {
  if (statSync('.env', { throwIfNoEntry: false })?.isFile()) process.loadEnvFile('.env');
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}
