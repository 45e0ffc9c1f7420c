import { DelayedError, type Job, type Telemetry, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ChannelName } from '../channel/channel.ts';
import type { OrderDeps } from '../order/deps.ts';
import { inOrderTrace } from '../order/order-trace.ts';
import { type CloseTrigger, closeTriggers } from '../order/outcomes.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Logger } from '../platform/log/logger.ts';
import { awaitTrace } from '../platform/log/trace.ts';
import { answersWithin } from '../platform/timeout.ts';
import { type CloseJob, orderNoOf } from './close-queues.ts';
import { nextRun } from './next-run.ts';
import { createPause, type Pause } from './pause.ts';
import { queueName } from './queue-name.ts';

/**
 * BullMQ's job lock. The jobs of a dead worker run again within lock plus check: after 3 to 8 s, not 60 s as by default. As
 * long as an order's lease, which would block them for that long anyway.
 */
const LOCK_MS = 6_000;
const STALLED_CHECK_MS = 2_000;
/** A close survives any number of crashes. */
const MAX_STALLED = 1_000_000;
/** How long a worker's shutdown waits for running jobs, ms; below the limit of the whole shutdown. */
const END_LIMIT_MS = 6_000;
/** How soon BullMQ retries after a Redis failure, ms. */
const RUN_RETRY_MS = 1_000;

/** A job runs even if its actor is invalid. */
const jobSchema = z.object({
  orderNo: z.string().min(1).max(32),
  actor: z.string().optional().catch(undefined),
});
const triggerSchema = z.enum(closeTriggers);

export interface CloseWorkerOptions {
  channel: ChannelName;
  prefix: string;
  /** Concurrent jobs in this process. */
  concurrency: number;
  /** Jobs started per second, over all processes; 0: no limit. */
  perSecond: number;
  telemetry?: Telemetry | undefined;
  /** Called with each error of its Redis commands, which BullMQ retries. */
  onError(error: Error): void;
}

type Kind = CloseTrigger['kind'];

/**
 * Runs one channel's close jobs, at least once each: BullMQ repeats a job whose worker died, and a close is idempotent. A
 * job never fails because of a channel or the database: it moves itself to the order's next due time, which uses no BullMQ
 * attempt. It completes when nothing is left to do.
 *
 * At most `perSecond` jobs start per second over all processes, which also paces a backlog. While this process's circuit
 * breaker for the channel is open, its worker takes no jobs: they wait in the queue, and other processes, where the channel
 * may work, still take them.
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
    logFor(orderNo, (log) => log.warn({ channel, orderNo }, 'stalled job recovered'));
  });
  worker.on('failed', (job, error) => {
    const orderNo = orderNoOf(job?.id ?? '');
    const fields = { channel, orderNo, err: error.message };
    logFor(orderNo, (log) => log.error(fields, 'close job failed; the sweep will retry it'));
  });
  /** Logs in the order's trace, if the order can be loaded. */
  function logFor(orderNo: string, write: (log: Logger) => void): void {
    void deps.store
      .find(orderNo)
      .catch(() => null)
      .then((order) => {
        if (order === null) return write(deps.log);
        return inOrderTrace(order, 'log job event', async () => write(deps.log));
      });
  }
  return {
    /** Takes no more jobs and waits for running ones, unless Redis is unreachable. */
    async end() {
      pause.end();
      // If Redis refuses the commands that BullMQ needs, closing would never end.
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
      // Back to the head of the queue, without using an attempt.
      await job.moveToWait(token);
      throw new WaitingError();
    default:
      return assertNever(next);
  }
}

/** Converts a deadline on the database's clock to a delay: BullMQ uses this machine's clock. */
function msUntil({ clock }: OrderDeps, at: Date): number {
  return Math.max(0, at.getTime() - clock.now().getTime());
}
