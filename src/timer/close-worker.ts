import { DelayedError, type Job, type Telemetry, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ChannelName } from '../channel/channel.ts';
import type { OrderDeps } from '../order/deps.ts';
import { inOrderTrace } from '../order/order-trace.ts';
import { type CloseTrigger, closeTriggers } from '../order/outcomes.ts';
import { answersWithin } from '../platform/answer-within.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Logger } from '../platform/log/logger.ts';
import { awaitTrace } from '../platform/log/trace.ts';
import { type CloseJob, orderNoOf } from './close-queues.ts';
import { nextRun } from './next-run.ts';
import { createPause, type Pause } from './pause.ts';
import { queueName } from './queue-name.ts';

/**
 * A worker that dies holding jobs is noticed within lock plus check: the jobs run again 3 to 8 s later, not 60. As
 * long as an order's lease, which would keep them from it for as long.
 */
const LOCK_MS = 6_000;
const STALLED_CHECK_MS = 2_000;
/** A close may be interrupted by any number of crashes; it is given up by none. */
const MAX_STALLED = 1_000_000;
/** How long the end of a worker waits for the jobs in hand, ms: less than a shutdown allows. */
const END_LIMIT_MS = 6_000;
/** How soon BullMQ goes on after Redis was away. */
const RUN_RETRY_MS = 1_000;

/** A job is run whatever is wrong with the name of who asked for it. */
const jobSchema = z.object({
  orderNo: z.string().min(1).max(32),
  actor: z.string().optional().catch(undefined),
});
const triggerSchema = z.enum(closeTriggers);

export interface CloseWorkerOptions {
  channel: ChannelName;
  prefix: string;
  /** Jobs at once, in this process. */
  concurrency: number;
  /** Jobs begun in a second, in all processes together; 0: any number. */
  perSecond: number;
  telemetry?: Telemetry | undefined;
  /** What its commands to Redis met; BullMQ tries them again. */
  onError(error: Error): void;
}

type Kind = CloseTrigger['kind'];

/**
 * Runs one channel's close jobs. At least once: BullMQ runs a job again whose worker died, and the close is made
 * for that. A job never fails for what a channel or the database does: it moves itself to the time of the
 * order's next attempt, which spends no BullMQ attempt. It completes when there is nothing left to do.
 *
 * At most `perSecond` jobs begin in a second, over all processes: so does a backlog drain. While the channel is out of
 * order for this process, its worker takes no jobs: what waits in the queue costs nothing, and other processes, for
 * which the channel may work, take it as before.
 */
export function startCloseWorker(
  deps: OrderDeps,
  redis: Redis,
  { channel, prefix, concurrency, perSecond, telemetry, onError }: CloseWorkerOptions,
): { end(): Promise<void> } {
  const worker = new Worker<CloseJob, void, Kind>(
    queueName(channel),
    (job, token) => awaitTrace(() => runJob(deps, pause, job, token)),
    {
      connection: redis,
      prefix,
      concurrency,
      ...(telemetry !== undefined && { telemetry }),
      ...(perSecond > 0 && { limiter: { max: perSecond, duration: 1_000 } }),
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED,
      runRetryDelay: RUN_RETRY_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  const pause = createPause(worker);
  worker.on('error', (error) => {
    deps.log.debug({ channel, err: error.message }, 'worker error');
    onError(error);
  });
  worker.on('stalled', (jobId) => {
    const orderNo = orderNoOf(jobId);
    tellOf(orderNo, (log) => log.warn({ channel, orderNo }, 'stalled job recovered'));
  });
  worker.on('failed', (job, error) => {
    const orderNo = orderNoOf(job?.id ?? '');
    const fields = { channel, orderNo, err: error.message };
    tellOf(orderNo, (log) => log.error(fields, 'close job failed; the sweep will retry it'));
  });
  /** In the order's trace, where the database can be asked for it. */
  function tellOf(orderNo: string, say: (log: Logger) => void): void {
    void deps.store
      .find(orderNo)
      .catch(() => null)
      .then((order) => {
        if (order === null) return say(deps.log);
        return inOrderTrace(order, 'tell of job', async () => say(deps.log));
      });
  }
  return {
    /** Takes no more jobs and waits for those in hand, unless there is no Redis to give them back to. */
    async end() {
      pause.end();
      // A Redis that answers and refuses what BullMQ needs would keep it here for ever.
      if (!(await answersWithin(END_LIMIT_MS, worker.close(redis.status !== 'ready'))))
        void worker.close(true);
    },
  };
}

async function runJob(
  deps: OrderDeps,
  pause: Pause,
  job: Job<CloseJob, void, Kind>,
  token: string | undefined,
): Promise<void> {
  const { orderNo, actor = null } = jobSchema.parse(job.data);
  const trigger = { kind: triggerSchema.parse(job.name), actor, clientIp: null };
  const next = await nextRun(deps, orderNo, trigger);
  switch (next.kind) {
    case 'never':
      return;
    case 'at':
      await job.moveToDelayed(Date.now() + msUntil(deps, next.at), token);
      throw new DelayedError();
    case 'channel_down':
      pause.begin(msUntil(deps, next.until));
      // Back to the head of the queue, where it was; nothing is spent.
      await job.moveToWait(token);
      throw new WaitingError();
    default:
      return assertNever(next);
  }
}

/** Deadlines are the database's, BullMQ's times are this machine's. */
function msUntil({ clock }: OrderDeps, at: Date): number {
  return Math.max(0, at.getTime() - clock.now().getTime());
}
