import type { ChannelName } from '../channel/channel.ts';
import { answerWithin } from '../platform/answer-within.ts';

/** Whoever looks at the queues does not wait for a Redis that hangs, ms. */
const LIMIT_MS = 2_000;

/** How many close jobs of a channel wait to run, wait for their time, run, and have failed for good. */
export interface QueueDepth {
  channel: ChannelName;
  waiting: number;
  delayed: number;
  active: number;
  failed: number;
}

interface CountedQueue {
  getJobCounts(...types: ('waiting' | 'delayed' | 'active' | 'failed' | 'prioritized')[]): Promise<{
    [type: string]: number;
  }>;
}

/** How full the queues are; null where Redis is away, fails, or does not answer in time. Never throws. */
export async function readQueueDepths(
  queues: ReadonlyMap<ChannelName, CountedQueue>,
  isReachable: boolean,
): Promise<QueueDepth[] | null> {
  // A queue that was never ready would wait for its connection.
  if (!isReachable) return null;
  return answerWithin(LIMIT_MS, Promise.all([...queues].map(([channel, queue]) => depthOf(channel, queue))));
}

async function depthOf(channel: ChannelName, queue: CountedQueue): Promise<QueueDepth> {
  const counts = await queue.getJobCounts('waiting', 'delayed', 'active', 'failed', 'prioritized');
  const { waiting = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts;
  return { channel, waiting: waiting + prioritized, delayed, active, failed };
}
