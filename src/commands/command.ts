import { InvalidArgumentError, Option } from 'commander';
import type { App } from '../app.ts';
import { channelNames } from '../channel/channel.ts';
import { pendingReasons } from '../order/order.ts';

/** Opens the app as the environment and `.env` say. */
export type OpenApp = () => Promise<App>;

/** Does one thing with the app, ends it cleanly, and with it the process; false: exit code 1. */
export async function withApp(open: OpenApp, work: (app: App) => Promise<boolean>): Promise<void> {
  const app = await open();
  let ok = false;
  try {
    ok = await work(app);
  } finally {
    await app.close();
  }
  process.exit(ok ? 0 : 1);
}

export const channelOption = () =>
  new Option('--channel <channel>', 'only of this channel').choices(channelNames);
export const reasonOption = () =>
  new Option('--reason <reason>', 'only with this reason').choices(pendingReasons);
export const jsonOption = () => new Option('--json', 'one JSON object a line');

/** A whole number from 1. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1');
  return Number(text);
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
