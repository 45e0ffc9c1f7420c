import type { ChannelName } from '../channel/channel.ts';

/** Each channel has its own queue, so that one that is down does not delay the closes of the others. */
export const queueName = (channel: ChannelName) => `close-${channel}`;
