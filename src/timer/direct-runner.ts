import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChannelName } from '../channel/channel.ts';
import type { OrderDeps } from '../order/deps.ts';
import type { DueOrder } from '../order/store/store.ts';
import { nextRun } from './next-run.ts';

/** Orders of a channel that wait here for their turn. What finds no room is found again by the next sweep. */
const MAX_WAITING = 500;
/** Bounds of how long a channel that is out of order is left alone, ms. */
const MIN_REST_MS = 200;
const MAX_REST_MS = 60_000;

interface Lane {
  waiting: Map<string, DueOrder>;
  running: Set<string>;
  /** The channel is out of order until then, ms since the epoch by the database's clock. */
  restsUntil: number;
  /** When the next may begin, to keep the rate. */
  nextAt: number;
}

/** Runs due orders in this process, without the queue. */
export interface DirectRunner {
  /** Runs the order soon; no effect if it waits or runs here already, has no room, or is not ours. Never throws. */
  offer(order: DueOrder): void;
  /** Begins no more, and waits for those that run. */
  stop(): Promise<void>;
}

/**
 * The way round a queue that refuses: what a worker does with a job, without the job. The order's lease and guarded
 * changes keep two processes from doing the same work, and also from a job that fires at the same time.
 *
 * Each channel has a lane with `concurrency` runs at once and `perSecond` begun in a second (0: any number), both in
 * this process alone: there is no queue by which processes could share a limit. One channel that is out of order
 * therefore delays no other.
 */
export function createDirectRunner(
  deps: OrderDeps,
  channels: Iterable<ChannelName>,
  { concurrency, perSecond }: { concurrency: number; perSecond: number },
): DirectRunner {
  const stopping = new AbortController();
  // Each run that waits for its turn listens.
  setMaxListeners(0, stopping.signal);
  const lanes = new Map<ChannelName, Lane>();
  for (const channel of channels)
    lanes.set(channel, { waiting: new Map(), running: new Set(), restsUntil: 0, nextAt: 0 });
  const active = new Set<Promise<void>>();
  const gapMs = perSecond > 0 ? 1_000 / perSecond : 0;

  /** One of a lane's runs after another, until nothing waits. */
  async function drain(lane: Lane): Promise<void> {
    for (;;) {
      const [order] = lane.waiting.values();
      if (order === undefined || stopping.signal.aborted) return;
      const now = deps.clock.now().getTime();
      if (lane.restsUntil > now) {
        // The sweep finds them again when the channel may work.
        lane.waiting.clear();
        return;
      }
      lane.waiting.delete(order.orderNo);
      lane.running.add(order.orderNo);
      const beginsAt = Math.max(now, lane.nextAt);
      lane.nextAt = beginsAt + gapMs;
      try {
        if (beginsAt > now)
          await wait(beginsAt - now, undefined, { signal: stopping.signal }).catch(() => {});
        if (stopping.signal.aborted) return;
        await run(lane, order);
      } finally {
        lane.running.delete(order.orderNo);
      }
    }
  }

  async function run(lane: Lane, { orderNo }: DueOrder): Promise<void> {
    const next = await nextRun(deps, orderNo, { kind: 'sweep', actor: null, clientIp: null });
    if (next.kind !== 'channel_down') return;
    const now = deps.clock.now().getTime();
    lane.restsUntil = Math.min(Math.max(next.until.getTime(), now + MIN_REST_MS), now + MAX_REST_MS);
  }

  return {
    offer(order) {
      const lane = lanes.get(order.channel);
      if (lane === undefined || stopping.signal.aborted || lane.waiting.size >= MAX_WAITING) return;
      if (lane.running.has(order.orderNo)) return;
      if (lane.restsUntil > deps.clock.now().getTime()) return;
      lane.waiting.set(order.orderNo, order);
      if (lane.running.size >= concurrency) return;
      const work = drain(lane).catch(() => {});
      active.add(work);
      void work.then(() => active.delete(work));
    },
    async stop() {
      stopping.abort();
      await Promise.all(active);
    },
  };
}
