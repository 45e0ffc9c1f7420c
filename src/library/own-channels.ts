import type { ChannelFactory } from '../channel/built-in/define-channel.ts';
import { type Channels, channelNames, isOwnChannel } from '../channel/channel.ts';
import { containChannel } from '../channel/contain.ts';
import { type GuardOptions, guardChannel } from '../channel/guard/guard.ts';

/** The shop's channels, each held to the contract and behind its own guard. Throws a TypeError for a name it cannot have. */
export function ownChannels(factories: readonly ChannelFactory[], guard: GuardOptions): Channels {
  const channels = factories.map((create) => containChannel(create(guard.clock), guard));
  const names = channels.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (!channelNames.some((builtIn) => builtIn === name) && !isOwnChannel(name))
      throw new TypeError(`channel ${name}: an own one is called own_…, at most 20 of a-z, 0-9 and _`);
    if (names.indexOf(name) !== index) throw new TypeError(`channel ${name}: is there twice`);
  }
  return new Map(channels.map((channel) => [channel.name, guardChannel(channel, guard)]));
}
