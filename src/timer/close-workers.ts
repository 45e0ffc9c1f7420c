import type { Redis } from 'ioredis';
import type { ChannelName } from '../channel/channel.ts';
import type { OrderDeps } from '../order/deps.ts';
import { type CloseWorkerOptions, startCloseWorker } from './close-worker.ts';
import type { QueueWatch } from './watch-queue.ts';

/**
 * Runs one worker per channel while Redis accepts BullMQ's commands: starts them when it first does, and stops them when it
 * refuses. Otherwise a worker would repeat a refused command in a busy loop, and one that is refused INFO would never stop.
 * While Redis is only unreachable, the workers wait.
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
        startCloseWorker(deps, redis, { ...options, channel, onError: watch.onRedisError }),
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
