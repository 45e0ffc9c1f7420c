import type { ChannelName } from '../channel/channel.ts';
import { answerWithin } from '../platform/timeout.ts';

/** Time limit, ms: callers must not wait for a hanging Redis. */
const LIMIT_MS = 2_000;

/** Close jobs of a channel by state: waiting to run, delayed, running, and finally failed. */
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

/** The number of jobs in each queue. Null: Redis is unreachable, fails, or does not answer in time. Never throws. */
export async function readQueueDepths(
  queues: ReadonlyMap<ChannelName, CountedQueue>,
  isReachable: boolean,
): Promise<QueueDepth[] | null> {
  // A queue that was never ready would wait for the connection.
  if (!isReachable) return null;
  return answerWithin(LIMIT_MS, Promise.all([...queues].map(([channel, queue]) => depthOf(channel, queue))));
}

async function depthOf(channel: ChannelName, queue: CountedQueue): Promise<QueueDepth> {
  const counts = await queue.getJobCounts('waiting', 'delayed', 'active', 'failed', 'prioritized');
  const { waiting = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts;
  return { channel, waiting: waiting + prioritized, delayed, active, failed };
}
