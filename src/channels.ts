import { DEFAULT_CALL_TIMEOUT_MS } from './channel/adapter/reply.ts';
import type { ConfiguredChannel } from './channel/built-in/define-channel.ts';
import type { Channel, Channels } from './channel/channel.ts';
import { type GuardOptions, guardChannel } from './channel/guard/guard.ts';

/** The path of a channel's callback. */
export const notifyPath = (channel: string) => `/notify/${channel}`;

/** The channels whose variables are set, each with its own circuit breakers. */
export function createChannels(
  configured: readonly ConfiguredChannel[],
  { publicUrl, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS }: { publicUrl: string; callTimeoutMs?: number },
  guard: GuardOptions,
  /** Wraps each channel, to observe the calls that reach it. */
  watched: (channel: Channel) => Channel = (channel) => channel,
): Channels {
  const channels = configured.map(({ about, create }) =>
    watched(create(publicUrl + notifyPath(about.name), guard.clock, callTimeoutMs)),
  );
  return new Map(channels.map((channel) => [channel.name, guardChannel(channel, guard)]));
}
