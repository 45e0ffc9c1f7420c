import type { Redis } from 'ioredis';
import type { ChannelName } from '../channel/channel.ts';
import { queueName } from './queue-name.ts';

/**
 * Whether Redis can hold the timers:
 * - `ok`
 * - `away`: it does not answer.
 * - `refuses`: it refuses the queue's commands (memory, disk, permissions, a replica); `reason` is its message. BullMQ
 *   retries automatically.
 * - `unusable`: BullMQ must not run on it, see `reason`: INFO is forbidden, it is a cluster, or the prefix belongs to
 *   another database.
 */
export interface QueueHealth {
  state: 'ok' | 'away' | 'refuses' | 'unusable';
  reason: string | null;
  /** Channels whose queue another program has paused, so that their jobs wait. We never pause a queue in Redis. */
  paused: ChannelName[];
}

/** The queues to check. */
export interface QueuePlace {
  prefix: string;
  /** The database whose timers it holds, see `readInstallation` in `process/installation.ts`. */
  owner: string;
  channels: readonly ChannelName[];
}

/**
 * Checks Redis with the commands that a worker needs: INFO, a script, and the marker of the prefix's owner. With `claims`,
 * sets a missing marker. Each command is bounded by the connection's `commandTimeout`. Never throws.
 */
export async function readQueueHealth(redis: Redis, place: QueuePlace, claims = true): Promise<QueueHealth> {
  if (redis.status !== 'ready') return health('away');
  const info = await ask(redis.info());
  if (!info.done)
    return info.isRefusal ? health('unusable', `it forbids INFO: ${info.reason}`) : health('away');
  if (/^redis_mode:cluster/m.test(info.answer) && !/\{.+\}/.test(place.prefix))
    return health('unusable', CLUSTER);
  const script = claims ? `${CLAIM} ${READ}` : READ;
  const owner = await ask(redis.eval(script, 1, ownerKey(place.prefix), place.owner));
  if (!owner.done) return owner.isRefusal ? health('refuses', owner.reason) : health('away');
  if (owner.answer !== null && owner.answer !== place.owner) return health('unusable', foreign(place.prefix));
  const paused = await ask(
    Promise.all(
      place.channels.map((channel) => redis.hexists(`${place.prefix}:${queueName(channel)}:meta`, 'paused')),
    ),
  );
  if (!paused.done) return paused.isRefusal ? health('refuses', paused.reason) : health('away');
  return { ...health('ok'), paused: place.channels.filter((_, index) => paused.answer[index] === 1) };
}

/** The key of the owner marker; its value is the database's uuid. */
export const ownerKey = (prefix: string) => `${prefix}:owner`;

const CLAIM = `redis.call('SET', KEYS[1], ARGV[1], 'NX')`;
const READ = `return redis.call('GET', KEYS[1])`;
const CLUSTER =
  'it is a Redis Cluster, where the keys of a queue must be in one slot: use one server, with Sentinel if it must not fail';
const foreign = (prefix: string) =>
  `its prefix ${prefix} belongs to another database: set another REDIS_PREFIX, or delete the key ${ownerKey(prefix)} if that database is gone`;

const health = (state: QueueHealth['state'], reason: string | null = null): QueueHealth => ({
  state,
  reason,
  paused: [],
});

type Answer<T> = { done: true; answer: T } | { done: false; isRefusal: boolean; reason: string };

async function ask<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { done: true, answer: await question };
  } catch (error) {
    return { done: false, isRefusal: isRefusal(error), reason: error instanceof Error ? error.message : '' };
  }
}

/** Whether Redis answered with an error. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/**
 * Whether the error concerns Redis as a whole: permissions, memory, disk, role or cluster. False for an error of a single
 * key, such as a wrong type, which affects one order only.
 */
export function isRefusalOfAll(error: Error): boolean {
  return isRefusal(error) && OF_ALL.test(error.message);
}
const OF_ALL =
  /\b(NOPERM|NOAUTH|OOM|MISCONF|READONLY|NOREPLICAS|MASTERDOWN|LOADING|BUSY|CROSSSLOT|MOVED|CLUSTERDOWN|unknown command)\b/;
