import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ChannelName } from '../channel/channel.ts';
import type { OrderDeps } from '../order/deps.ts';
import type { CloseTrigger } from '../order/outcomes.ts';
import { runDueOrder } from '../order/run-due-order.ts';
import { type CloseJob, queueName } from './close-queues.ts';

/**
 * A worker that dies holding jobs is noticed within lock plus check: the jobs run again 3 to 8 s later, not 60. As
 * long as an order's lease, which would keep them from it for as long.
 */
const LOCK_MS = 6_000;
const STALLED_CHECK_MS = 2_000;
/** A close may be interrupted by any number of crashes; it is given up by none. */
const MAX_STALLED = 1_000_000;
/** How soon BullMQ goes on after Redis was away. */
const RUN_RETRY_MS = 1_000;
/** How soon a job is tried again when our own database is away. */
const OUTAGE_RETRY_MS = 5_000;

const jobSchema = z.object({ orderNo: z.string().min(1).max(32) });
const triggerSchema = z.enum(['timeout', 'sweep', 'manual', 'api', 'admin']);

export type CloseWorker = Worker<CloseJob, void, CloseTrigger['kind']>;

/**
 * Runs one channel's close jobs. At least once: BullMQ runs a job again whose worker died, and the close is made
 * for that. A job never fails for what a channel or the database does: it moves itself to the time of the
 * order's next attempt, which spends no BullMQ attempt. It completes when there is nothing left to do.
 */
export function startCloseWorker(
  deps: OrderDeps,
  redis: Redis,
  { channel, prefix, concurrency }: { channel: ChannelName; prefix: string; concurrency: number },
): CloseWorker {
  const worker: CloseWorker = new Worker(queueName(channel), (job, token) => runJob(deps, job, token), {
    connection: redis,
    prefix,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: MAX_STALLED,
    runRetryDelay: RUN_RETRY_MS,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on('error', (error) => deps.log.debug({ channel, err: error.message }, 'worker error'));
  worker.on('stalled', (orderNo) => deps.log.warn({ channel, orderNo }, 'job of a dead worker taken over'));
  worker.on('failed', (job, error) =>
    deps.log.error(
      { channel, orderNo: job?.id, err: error.message },
      'close job failed; the sweep will find it',
    ),
  );
  return worker;
}

/** Ends a worker: takes no more jobs and waits for those in hand, unless there is no Redis to give them back to. */
export async function endCloseWorker(worker: CloseWorker, redis: Redis): Promise<void> {
  await worker.close(redis.status !== 'ready');
}

async function runJob(
  deps: OrderDeps,
  job: Job<CloseJob, void, CloseTrigger['kind']>,
  token: string | undefined,
): Promise<void> {
  const { orderNo } = jobSchema.parse(job.data);
  const trigger = { kind: triggerSchema.parse(job.name), actor: null, clientIp: null };
  const next = await nextRun(deps, orderNo, trigger);
  if (next === null) return;
  const waitMs = Math.max(0, next.getTime() - deps.clock.now().getTime());
  await job.moveToDelayed(Date.now() + waitMs, token);
  throw new DelayedError();
}

async function nextRun(deps: OrderDeps, orderNo: string, trigger: CloseTrigger): Promise<Date | null> {
  try {
    return await runDueOrder(deps, orderNo, trigger);
  } catch (error) {
    deps.log.error({ orderNo, err: error }, 'close job interrupted; it will be tried again');
    const waitMs = OUTAGE_RETRY_MS * (1 + deps.random());
    return new Date(deps.clock.now().getTime() + waitMs);
  }
}
