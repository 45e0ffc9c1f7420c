import { DEFAULT_CALL_TIMEOUT_MS } from './channel/adapter/reply.ts';
import type { ConfiguredChannel } from './channel/built-in/define-channel.ts';
import type { Channel, Channels } from './channel/channel.ts';
import { type GuardOptions, guardChannel } from './channel/guard/guard.ts';

/** Where a channel's notifications arrive. */
export const notifyPath = (channel: string) => `/notify/${channel}`;

/** The channels whose variables are set, each behind its own guard. */
export function createChannels(
  configured: readonly ConfiguredChannel[],
  { publicUrl, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS }: { publicUrl: string; callTimeoutMs?: number },
  guard: GuardOptions,
  /** What is to see each call that reaches a channel. */
  watched: (channel: Channel) => Channel = (channel) => channel,
): Channels {
  const channels = configured.map(({ about, create }) =>
    watched(create(publicUrl + notifyPath(about.name), guard.clock, callTimeoutMs)),
  );
  return new Map(channels.map((channel) => [channel.name, guardChannel(channel, guard)]));
}
