import type { Redis } from 'ioredis';
import type { ChannelName } from '../channel/channel.ts';
import type { OrderDeps } from '../order/deps.ts';
import { type CloseWorkerOptions, startCloseWorker } from './close-worker.ts';
import type { QueueWatch } from './watch-queue.ts';

/**
 * A worker for each channel, while Redis does what BullMQ asks: begun when it first does, ended when it refuses. A worker
 * would repeat a refused command without a pause, half a core's worth, and one that is refused INFO would never end. One
 * that is merely away is waited for.
 */
export function startCloseWorkers(
  deps: OrderDeps,
  redis: Redis,
  watch: QueueWatch,
  channels: Iterable<ChannelName>,
  options: Omit<CloseWorkerOptions, 'channel' | 'onError'>,
): { end(): Promise<void> } {
  const names = [...channels];
  let workers: { end(): Promise<void> }[] = [];
  const ending = new Set<Promise<unknown>>();
  let isEnded = false;

  function endAll(): void {
    const ended = Promise.all(workers.map((worker) => worker.end()));
    workers = [];
    ending.add(ended);
    void ended.then(() => ending.delete(ended));
  }

  watch.follow(({ state }) => {
    if (isEnded) return;
    if (state === 'unusable' || state === 'refuses') endAll();
    else if (state === 'ok' && workers.length === 0)
      workers = names.map((channel) =>
        startCloseWorker(deps, redis, { ...options, channel, onError: watch.met }),
      );
  });
  return {
    async end() {
      isEnded = true;
      endAll();
      await Promise.all(ending);
    },
  };
}
