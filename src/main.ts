#!/usr/bin/env node
import { statSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { App } from './app.ts';
import { addAdminCommand } from './commands/admin.ts';
import { EXIT_CONFIG, EXIT_USAGE } from './commands/command.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addNoticesCommand } from './commands/notices.ts';
import { addCancelCommand } from './commands/orders/cancel.ts';
import { addCloseCommand } from './commands/orders/close.ts';
import { addLateCommand } from './commands/orders/late.ts';
import { addOrderCommand } from './commands/orders/order.ts';
import { addOrdersCommand } from './commands/orders/orders.ts';
import { addRecloseCommand } from './commands/orders/reclose.ts';
import { addStuckCommand } from './commands/orders/stuck.ts';
import { addSyncCommand } from './commands/orders/sync.ts';
import { addViolationsCommand } from './commands/orders/violations.ts';
import { flushOutput, watchOutput } from './commands/output.ts';
import { addQuickstartCommand } from './commands/quickstart.ts';
import { addRunCommands, type ProcessesConfig } from './commands/run/run.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addSweepCommand } from './commands/sweep.ts';
import { addArchiveCommand } from './commands/upkeep/archive.ts';
import { packageVersion } from './platform/package.ts';

const isJson = process.argv.includes('--json');

const program = new Command('autoclose')
  .description('Closes unpaid payment orders when their time runs out.')
  .version(packageVersion())
  .showHelpAfterError('(add --help for usage)')
  .exitOverride()
  // With --json `report` prints it as JSON.
  .configureOutput({ writeErr: (text) => isJson || process.stderr.write(text) })
  .addHelpText(
    'after',
    `
Each command's --help has examples. Exit codes: 0 done; 1 not everything succeeded; ${EXIT_USAGE} wrong usage;
${EXIT_CONFIG} wrong configuration. Answers go to standard output, logs and errors to standard error. With --json an answer is
JSON, and what ends a command early is one JSON object {error, exitCode} on standard error.`,
  );

addRunCommands(program, () => open(), readProcessesConfig);
addMigrateCommand(program, readEnv);
addDoctorCommand(program, readEnv);

addOrdersCommand(program, openForCommand);
addOrderCommand(program, openForCommand);
addCloseCommand(program, openForCommand);
addCancelCommand(program, openForCommand);
addSyncCommand(program, openForCommand);
addRecloseCommand(program, openForCommand);
addStuckCommand(program, openForCommand);
addLateCommand(program, openForCommand);
addViolationsCommand(program, openForCommand);
addNoticesCommand(program, openForCommand);
addSweepCommand(program, openForCommand);
addArchiveCommand(program, openForCommand);
addAdminCommand(program, openForCommand);

addSimulateCommand(program);
addQuickstartCommand(program);

/** For commands that print a result: they log to standard error. */
function openForCommand(): Promise<App> {
  return open({ stderr: true });
}

async function readProcessesConfig(): Promise<ProcessesConfig> {
  const { readConfig } = await import('./config.ts');
  const { createLogger } = await import('./platform/log/logger.ts');
  const env = readEnv();
  const { server } = readConfig(env);
  return { env, metricsPort: server.METRICS_PORT, log: createLogger(server.LOG_LEVEL, {}) };
}

/** Loads the program when a command needs it; `--help` and wrong usage do not. */
async function open(logTo: { stderr?: boolean } = {}): Promise<App> {
  const { readConfig } = await import('./config.ts');
  const { createLogger } = await import('./platform/log/logger.ts');
  const { openApp } = await import('./app.ts');
  const config = readConfig(readEnv());
  return openApp(config, createLogger(config.server.LOG_LEVEL, logTo));
}

/** The environment takes precedence over the file. The quickstart does not use it: it must not use the real configuration. */
function readEnv(): NodeJS.ProcessEnv {
  if (statSync('.env', { throwIfNoEntry: false })?.isFile()) process.loadEnvFile('.env');
  return process.env;
}

/** Prints the error and returns the exit code. Commander has already printed wrong usage, unless with --json. */
async function report(error: unknown): Promise<number> {
  const isUsage = error instanceof CommanderError;
  if (isUsage && error.exitCode === 0) return 0;
  const exitCode = isUsage ? EXIT_USAGE : (await isConfigError(error)) ? EXIT_CONFIG : 1;
  const message = messageOf(error);
  if (isJson) process.stderr.write(`${JSON.stringify({ error: message, exitCode })}\n`);
  else if (!isUsage) process.stderr.write(`${message}\n`);
  return exitCode;
}

function messageOf(error: unknown): string {
  // The command is missing.
  if (error instanceof CommanderError && error.code === 'commander.help') return 'give a command, see --help';
  return error instanceof Error ? error.message.replace(/^error: /, '') : String(error);
}

async function isConfigError(error: unknown): Promise<boolean> {
  const { ConfigError } = await import('./config.ts');
  return error instanceof ConfigError;
}

watchOutput();
try {
  await program.parseAsync();
  await flushOutput();
} catch (error) {
  process.exitCode = await report(error);
  await flushOutput().catch(() => undefined);
}
// Connections that a command left open, such as keep-alive ones, must not keep the process running.
process.exit();
