import { type BuiltInChannel, channelNames } from './built-in/about.ts';

export { type BuiltInChannel, channelNames };

/** A custom channel's name; no built-in channel's name will ever begin with `own_`. */
export type OwnChannel = `own_${string}`;
export type ChannelName = BuiltInChannel | OwnChannel;

/** Whether the name fits the database column and a queue name. */
export function isOwnChannel(name: string): name is OwnChannel {
  return /^own_[a-z0-9_]{1,16}$/.test(name);
}
