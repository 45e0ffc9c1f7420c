import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { App } from '../app.ts';
import { type ChannelName, channelNames, isOwnChannel } from '../channel/channel.ts';
import { pendingReasons } from '../order/order.ts';
import type { CloseTrigger } from '../order/outcomes.ts';

/** Wrong usage: what was asked for could not be understood, and nothing was done. */
export const EXIT_USAGE = 2;
/** Sysexits: the configuration is wrong. */
export const EXIT_CONFIG = 78;

/** Opens the app as the environment and `.env` say. */
export type OpenApp = () => Promise<App>;

/**
 * Does one thing with the app and ends it cleanly; false: exit code 1. Whoever runs the command line ends the process
 * afterwards.
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

/** What `--help` ends with: examples, and what the exit codes mean; `failure` says when it is 1. */
export function addExamples(command: Command, examples: string[], failure: string): Command {
  return command.addHelpText(
    'after',
    `
Examples:
${examples.map((example) => `  $ autoclose ${example}`).join('\n')}

Exit codes: 0 done; 1 ${failure}; ${EXIT_USAGE} wrong usage; ${EXIT_CONFIG} wrong configuration.`,
  );
}

export const channelOption = () =>
  new Option('--channel <channel>', `only of this channel: ${channelNames.join(', ')}, or own_…`).argParser(
    channelName,
  );
export const reasonOption = () =>
  new Option('--reason <reason>', 'only with this reason').choices(pendingReasons);
export const jsonOption = () => new Option('--json', 'one JSON object a line');
export const byOption = () => new Option('--by <name>', 'who asks, for the close record').default(osUser());

/** A person at the command line asks. */
export function byHand(by: string): CloseTrigger {
  return { kind: 'manual', actor: by, clientIp: null };
}

/** Who runs this process, for records; a container's user may have no name. */
export function osUser(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}

/** A built-in channel, or one that a program has added to the library: its orders are in the same database. */
function channelName(text: string): ChannelName {
  const name = channelNames.find((builtIn) => builtIn === text);
  if (name !== undefined) return name;
  if (isOwnChannel(text)) return text;
  throw new InvalidArgumentError(`must be one of ${channelNames.join(', ')}, or begin with own_`);
}

/** A whole number from 1. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1');
  return Number(text);
}
