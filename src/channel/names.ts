import { type BuiltInChannel, channelNames } from './built-in/about.ts';

export { type BuiltInChannel, channelNames };

/** A channel that somebody adds to the library. No built-in one will ever be called so. */
export type OwnChannel = `own_${string}`;
export type ChannelName = BuiltInChannel | OwnChannel;

/** What fits into the database and into the name of a queue. */
export function isOwnChannel(name: string): name is OwnChannel {
  return /^own_[a-z0-9_]{1,16}$/.test(name);
}
