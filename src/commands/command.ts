import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { App } from '../app.ts';
import { type ChannelName, channelNames, isOwnChannel } from '../channel/channel.ts';
import { pendingReasons } from '../order/order.ts';
import type { CloseTrigger } from '../order/outcomes.ts';

/** Wrong usage: nothing was done. */
export const EXIT_USAGE = 2;
/** As in sysexits.h: the configuration is invalid. */
export const EXIT_CONFIG = 78;

/** Opens the app, configured by the environment and `.env`. */
export type OpenApp = () => Promise<App>;

/**
 * Runs `work` with the app and closes it cleanly. If `work` returns false, sets exit code 1. The caller ends the process.
 */
export async function withApp(open: OpenApp, work: (app: App) => Promise<boolean>): Promise<void> {
  const app = await open();
  let ok = false;
  try {
    ok = await work(app);
  } finally {
    await app.close();
  }
  process.exitCode = ok ? 0 : 1;
}

/** Appends examples and exit codes to `--help`; `failure` says when the exit code is 1. */
export function addExamples(command: Command, examples: string[], failure: string): Command {
  return command.addHelpText(
    'after',
    `
Examples:
${examples.map((example) => `  $ autoclose ${example}`).join('\n')}

Exit codes: 0 success; 1 ${failure}; ${EXIT_USAGE} wrong usage; ${EXIT_CONFIG} invalid configuration.`,
  );
}

export const channelOption = () =>
  new Option('--channel <channel>', `only this channel: ${channelNames.join(', ')}, or own_…`).argParser(
    channelName,
  );
export const reasonOption = () =>
  new Option('--reason <reason>', 'only with this reason').choices(pendingReasons);
export const jsonOption = () => new Option('--json', 'print one JSON object per line');
export const byOption = () =>
  new Option('--by <name>', 'who requests it, for the close record').default(osUser());

/** The trigger for a request from the command line. */
export function manualTrigger(by: string): CloseTrigger {
  return { kind: 'manual', actor: by, clientIp: null };
}

/** The user of this process, for records; a container's user may have no name. */
export function osUser(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}

/** A built-in channel, or a custom one: programs that embed the library share the database. */
function channelName(text: string): ChannelName {
  const name = channelNames.find((builtIn) => builtIn === text);
  if (name !== undefined) return name;
  if (isOwnChannel(text)) return text;
  throw new InvalidArgumentError(`must be one of ${channelNames.join(', ')}, or begin with own_`);
}

/** Parses a whole number from 1. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1');
  return Number(text);
}
