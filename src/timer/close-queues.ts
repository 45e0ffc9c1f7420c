import { type JobsOptions, Queue, type Telemetry } from 'bullmq';
import type { Redis } from 'ioredis';
import { type ChannelName, channelNames, isOwnChannel } from '../channel/channel.ts';
import type { CloseTimer, TimerState } from '../order/close-timer.ts';
import type { CloseTrigger } from '../order/outcomes.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { Logger } from '../platform/log/logger.ts';
import { withTimeout } from '../platform/timeout.ts';
import { type QueueDepth, readQueueDepths } from './queue-depths.ts';
import { queueName } from './queue-name.ts';
import { type QueueWatch, takesJobs } from './watch-queue.ts';

/**
 * The job id of an order number, unique per order. BullMQ rejects numeric ids, and the number of an order created elsewhere
 * may be numeric, or look like the escaped form of such a number.
 */
export const jobIdOf = (orderNo: string) => (/^n*\d+$/.test(orderNo) ? `n${orderNo}` : orderNo);

/** The order number for a job id. */
export const orderNoOf = (jobId: string) => (/^n+\d+$/.test(jobId) ? jobId.slice(1) : jobId);

/** A job's data. All decisions use the order's row when the job runs. */
export interface CloseJob {
  orderNo: string;
  /** Who requested it, for the close record. */
  actor?: string;
}

/**
 * A job's options take at most 64 bytes as JSON: then Redis keeps the job in a listpack of 300 bytes instead of a table of
 * 700. So finished jobs are removed by the worker's settings, and the number of attempts, which is 1 by default, is left out.
 */
function smallOptions(orderNo: string, delay: number): JobsOptions {
  return { jobId: jobIdOf(orderNo), delay, attempts: undefined } as JobsOptions;
}

/** Above the timeout of a command, ms: BullMQ waits indefinitely if Redis refuses its first command. */
const LIMIT_MS = 4_000;

/** The timers, and the queues that hold them. */
export interface CloseQueues extends CloseTimer {
  queues(): readonly CloseQueue[];
  /** The number of jobs in each queue. Null: Redis is unreachable or unusable. Takes two seconds at most, never throws. */
  depths(): Promise<QueueDepth[] | null>;
}
type CloseQueue = Queue<CloseJob, void, CloseTrigger['kind']>;

/**
 * The close timers: delayed BullMQ jobs, one per order, named after their trigger.
 *
 * The job id is derived from the order number, so that a timer can be found, moved and removed. BullMQ silently ignores an
 * `add` whose id exists, even if that job has completed or failed. So a timer is set by removing the job first, and
 * finished jobs are not kept; the history is in MySQL. A running job cannot be removed: it is `live`, and when it ends it
 * follows the row as it is then.
 */
export function createCloseQueues(
  redis: Redis,
  prefix: string,
  clock: Clock,
  log: Logger,
  watch: QueueWatch,
  telemetry?: Telemetry,
): CloseQueues {
  const queues = new Map<ChannelName, CloseQueue>();
  // BullMQ's queue stays broken after Redis has refused INFO: create a new one when Redis is usable again.
  watch.follow(({ state }) => {
    if (state === 'unusable') closeAll();
    else for (const channel of channelNames) if (!queues.has(channel)) openQueue(channel);
  });

  function openQueue(channel: ChannelName): CloseQueue {
    const queue: CloseQueue = new Queue(queueName(channel), {
      connection: redis,
      prefix,
      ...(telemetry !== undefined && { telemetry }),
    });
    queue.on('error', (error) => log.debug({ channel, err: error.message }, 'queue error'));
    queues.set(channel, queue);
    return queue;
  }

  function closeAll(): void {
    for (const queue of queues.values()) void queue.close().catch(() => {});
    queues.clear();
  }

  /** Also of an own channel that only other processes know: they run its timers. */
  function queueOf(channel: ChannelName): CloseQueue {
    const queue = queues.get(channel);
    if (queue !== undefined) return queue;
    if (!isOwnChannel(channel)) throw new Error(`no queue for channel ${channel}`);
    return openQueue(channel);
  }

  /** Runs `work` unless Redis is unreachable: a queue that was never ready would wait for the connection. */
  async function orFailed(orderNo: string, work: () => Promise<TimerState>): Promise<TimerState> {
    if (redis.status !== 'ready') return 'away';
    if (watch.health().state === 'unusable') return 'failed';
    try {
      return await withTimeout(LIMIT_MS, work);
    } catch (error) {
      if (error instanceof Error) watch.onRedisError(error);
      log.warn({ orderNo, err: error instanceof Error ? error.message : String(error) }, 'timer not set');
      return redis.status === 'ready' ? 'failed' : 'away';
    }
  }

  async function setNow(
    queue: CloseQueue,
    orderNo: string,
    at: Date,
    trigger: CloseTrigger['kind'],
    actor: string | null = null,
  ): Promise<TimerState> {
    if ((await queue.remove(jobIdOf(orderNo))) === 0) return 'live';
    const delay = Math.max(0, at.getTime() - clock.now().getTime());
    await queue.add(trigger, { orderNo, ...(actor !== null && { actor }) }, smallOptions(orderNo, delay));
    return 'set';
  }

  return {
    queues: () => [...queues.values()],

    set: ({ orderNo, channel }, at, trigger, actor) =>
      orFailed(orderNo, () => setNow(queueOf(channel), orderNo, at, trigger, actor)),

    ensure: ({ orderNo, channel }, trigger) =>
      orFailed(orderNo, async () => {
        // A job would wait in a paused queue and look as if it were about to run.
        if (!takesJobs(watch.health(), channel)) return 'failed';
        const queue = queueOf(channel);
        const state = await queue.getJobState(jobIdOf(orderNo));
        if (state === 'waiting' || state === 'active' || state === 'prioritized') return 'live';
        return setNow(queue, orderNo, clock.now(), trigger);
      }),

    async clear({ orderNo, channel }) {
      await orFailed(orderNo, async () =>
        (await queueOf(channel).remove(jobIdOf(orderNo))) === 0 ? 'live' : 'set',
      );
    },

    depths: () => readQueueDepths(queues, redis.status === 'ready' && watch.health().state !== 'unusable'),
  };
}
