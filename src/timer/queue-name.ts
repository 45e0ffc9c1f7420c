import type { ChannelName } from '../channel/channel.ts';

/** Each channel has its own queue, so that a failing channel does not delay the others. */
export const queueName = (channel: ChannelName) => `close-${channel}`;
