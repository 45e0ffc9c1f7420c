import type { Redis } from 'ioredis';
import type { ChannelName } from '../channel/channel.ts';
import type { Logger } from '../platform/log/logger.ts';
import { isRefusalOfAll, type QueueHealth, type QueuePlace, readQueueHealth } from './queue-health.ts';

/** How often Redis is asked, ms; also as soon as one that was away is back. */
const INTERVAL_MS = 5_000;
/** For how long a command of BullMQ's own that was refused counts, ms. Then workers may try again. */
const REFUSAL_COUNTS_MS = 15_000;

/** Knows whether the queue can be used, and says so once when that changes. */
export interface QueueWatch {
  /** As last seen. */
  health(): QueueHealth;
  /** Asks now; those who ask meanwhile share the answer. A few seconds at most, never throws. */
  look(): Promise<QueueHealth>;
  /** What BullMQ's own commands met. A command that Redis refused counts for `REFUSAL_COUNTS_MS`. */
  met(error: Error): void;
  /** Called with each change, until `stop`. */
  follow(listener: (health: QueueHealth) => void): void;
  stop(): void;
}

export function watchQueue(redis: Redis, place: QueuePlace, log: Logger): QueueWatch {
  let seen: QueueHealth = { state: 'away', reason: null, paused: [] };
  let refused: { reason: string; until: number } | null = null;
  let looking: Promise<QueueHealth> | null = null;
  /** What the log said last; null: that it is well. */
  let saidReason: string | null = null;
  const listeners: ((health: QueueHealth) => void)[] = [];

  async function look(): Promise<QueueHealth> {
    const found = await readQueueHealth(redis, place);
    looking = null;
    const isRefused = found.state === 'ok' && refused !== null && refused.until > performance.now();
    note(isRefused ? { ...found, state: 'refuses', reason: refused?.reason ?? null } : found);
    return seen;
  }

  function note(found: QueueHealth): void {
    const before = seen;
    seen = found;
    for (const channel of found.paused.filter((one) => !before.paused.includes(one)))
      log.warn({ channel }, 'queue paused by another program; its orders run from the database');
    say(found, before);
    if (found.state === before.state && found.reason === before.reason) return;
    for (const listener of listeners) listener(found);
  }

  /** Once for each reason. That all is well counts when it is seen twice: a worker may meet the next refusal. */
  function say({ state, reason }: QueueHealth, before: QueueHealth): void {
    if ((state === 'refuses' || state === 'unusable') && reason !== saidReason) {
      saidReason = reason;
      log.error({ state, reason }, 'redis cannot hold timers; due orders run from the database');
    } else if (state === 'ok' && before.state === 'ok' && saidReason !== null) {
      saidReason = null;
      log.info('redis can hold timers again');
    }
  }

  const lookNow = () => {
    looking ??= look();
    return looking;
  };
  const onTime = () => void lookNow();
  // Not after each reconnection: a replica that refuses writes is reconnected to with each look.
  const onReady = () => {
    if (seen.state === 'away') onTime();
  };
  redis.on('ready', onReady);
  const timer = setInterval(onTime, INTERVAL_MS);
  timer.unref();

  return {
    health: () => seen,
    look: lookNow,
    met(error) {
      if (!isRefusalOfAll(error)) return;
      refused = { reason: error.message, until: performance.now() + REFUSAL_COUNTS_MS };
      if (seen.state === 'ok') note({ ...seen, state: 'refuses', reason: error.message });
    },
    follow(listener) {
      listeners.push(listener);
      listener(seen);
    },
    stop() {
      clearInterval(timer);
      redis.off('ready', onReady);
      listeners.length = 0;
    },
  };
}

/** Whether a job of this channel would run. */
export function takesJobs({ state, paused }: QueueHealth, channel: ChannelName): boolean {
  return state === 'ok' && !paused.includes(channel);
}
