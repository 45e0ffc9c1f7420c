import type { Redis } from 'ioredis';
import type { ChannelName } from '../channel/channel.ts';
import type { Logger } from '../platform/log/logger.ts';
import { isRefusalOfAll, type QueueHealth, type QueuePlace, readQueueHealth } from './queue-health.ts';

/** How often Redis is checked, ms; also as soon as it is reachable again. */
const INTERVAL_MS = 5_000;
/** How long a refusal of one of BullMQ's commands counts, ms. Then workers may try again. */
const REFUSAL_COUNTS_MS = 15_000;

/** Tracks whether the queue is usable, and logs each change once. */
export interface QueueWatch {
  /** The last known health. */
  health(): QueueHealth;
  /** Checks now; concurrent callers share the result. Takes a few seconds at most, never throws. */
  check(): Promise<QueueHealth>;
  /** Takes an error of BullMQ's commands. A refusal by Redis counts for `REFUSAL_COUNTS_MS`. */
  onRedisError(error: Error): void;
  /** Calls the listener now and with each change, until `stop`. */
  follow(listener: (health: QueueHealth) => void): void;
  stop(): void;
}

export function watchQueue(redis: Redis, place: QueuePlace, log: Logger): QueueWatch {
  let seen: QueueHealth = { state: 'away', reason: null, paused: [] };
  let refused: { reason: string; until: number } | null = null;
  let checking: Promise<QueueHealth> | null = null;
  /** The last logged reason; null: the last line said that it is fine. */
  let loggedReason: string | null = null;
  const listeners: ((health: QueueHealth) => void)[] = [];

  async function readNow(): Promise<QueueHealth> {
    const found = await readQueueHealth(redis, place);
    checking = null;
    const isRefused = found.state === 'ok' && refused !== null && refused.until > performance.now();
    update(isRefused ? { ...found, state: 'refuses', reason: refused?.reason ?? null } : found);
    return seen;
  }

  function update(found: QueueHealth): void {
    const before = seen;
    seen = found;
    for (const channel of found.paused.filter((one) => !before.paused.includes(one)))
      log.warn({ channel }, 'queue paused by another program; its orders run from the database');
    logChange(found, before);
    if (found.state === before.state && found.reason === before.reason) return;
    for (const listener of listeners) listener(found);
  }

  /** Logs once per reason. Recovery counts only when seen twice: a worker may meet the next refusal. */
  function logChange({ state, reason }: QueueHealth, before: QueueHealth): void {
    if ((state === 'refuses' || state === 'unusable') && reason !== loggedReason) {
      loggedReason = reason;
      log.error({ state, reason }, 'redis cannot hold timers; due orders run from the database');
    } else if (state === 'ok' && before.state === 'ok' && loggedReason !== null) {
      loggedReason = null;
      log.info('redis can hold timers again');
    }
  }

  const check = () => {
    checking ??= readNow();
    return checking;
  };
  const onTime = () => void check();
  // Not after each reconnection: with a replica that refuses writes, every check reconnects.
  const onReady = () => {
    if (seen.state === 'away') onTime();
  };
  redis.on('ready', onReady);
  const timer = setInterval(onTime, INTERVAL_MS);
  timer.unref();

  return {
    health: () => seen,
    check,
    onRedisError(error) {
      if (!isRefusalOfAll(error)) return;
      refused = { reason: error.message, until: performance.now() + REFUSAL_COUNTS_MS };
      if (seen.state === 'ok') update({ ...seen, state: 'refuses', reason: error.message });
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
