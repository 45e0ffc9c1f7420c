import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChannelName } from '../channel/channel.ts';
import type { OrderDeps } from '../order/deps.ts';
import type { DueOrder } from '../order/store/store.ts';
import { nextRun } from './next-run.ts';

/** Limit of orders that wait here, per channel. The next sweep finds those that did not fit. */
const MAX_WAITING = 500;
/** Bounds of the pause while a channel's circuit breaker is open, ms. */
const MIN_REST_MS = 200;
const MAX_REST_MS = 60_000;

interface Lane {
  waiting: Map<string, DueOrder>;
  running: Set<string>;
  /** The channel's circuit breaker is open until then, epoch ms by the database's clock. */
  restsUntil: number;
  /** When the next order may start, to keep the rate. */
  nextAt: number;
}

/** Runs due orders in this process, without the queue. */
export interface DirectRunner {
  /** Runs the order soon. No effect if it waits or runs already, its lane is full, or its channel is not served. Never throws. */
  offer(order: DueOrder): void;
  /** Starts no more orders, and waits for running ones. */
  stop(): Promise<void>;
}

/**
 * The fallback when Redis cannot hold timers: does what a worker does for a job, without the queue. The order's lease and
 * guarded changes prevent conflicts with other processes, and with a job that fires at the same time.
 *
 * Each channel has its own lane, so that one failing channel does not delay the others. A lane runs `concurrency` orders
 * at once and starts `perSecond` per second (0: no limit), counted in this process only: without the queue, processes
 * cannot share a limit.
 */
export function createDirectRunner(
  deps: OrderDeps,
  channels: Iterable<ChannelName>,
  { concurrency, perSecond }: { concurrency: number; perSecond: number },
): DirectRunner {
  const stopping = new AbortController();
  // Each waiting run adds a listener.
  setMaxListeners(0, stopping.signal);
  const lanes = new Map<ChannelName, Lane>();
  for (const channel of channels)
    lanes.set(channel, { waiting: new Map(), running: new Set(), restsUntil: 0, nextAt: 0 });
  const active = new Set<Promise<void>>();
  const gapMs = perSecond > 0 ? 1_000 / perSecond : 0;

  /** Runs a lane's orders one after another until none waits. */
  async function drain(lane: Lane): Promise<void> {
    for (;;) {
      const [order] = lane.waiting.values();
      if (order === undefined || stopping.signal.aborted) return;
      const now = deps.clock.now().getTime();
      if (lane.restsUntil > now) {
        // The sweep finds them again when the channel may work again.
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
