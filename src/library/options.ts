import type { ChannelFactory } from '../channel/built-in/define-channel.ts';
import type { LatePaymentPolicy } from '../order/late-payment.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Order } from './types.ts';

/** A change of an order's status. `eventId` is the same for every delivery of this change. */
export interface OrderChange {
  eventId: string;
  /** The order right after the change. */
  order: Order;
}

/**
 * Called for every change of an order's status, at least once: the change and its notice are written in one transaction. If
 * it throws or takes longer than 5 s it is retried for a day, on the schedule of merchant notices. Changes of one order may be
 * delivered in any order, or concurrently: compare `order.status` with what you have.
 */
export type OnChange = (change: OrderChange) => Promise<void>;

export interface AutocloseOptions {
  /** `mysql://user:password@host:3306/database`: a dedicated database, migrated to this version by `migrate`. */
  databaseUrl: string;
  /** `redis://host:6379`; with `maxmemory-policy noeviction` and `appendonly yes`. */
  redisUrl: string;
  /** For `rediss:`, the PEM of a private CA that issued the server's certificate. */
  redisCa?: string;
  /** If set, Redis is the current master of these sentinels. */
  redisSentinels?: { addresses: { host: string; port: number }[]; name: string; password?: string };
  /** Prefix of every key in Redis, without ":"; default `autoclose`. */
  redisPrefix?: string;
  /** The channels, built-in or custom; the same ones in every process. */
  channels: readonly ChannelFactory[];
  /** Set it in every process or in none: changes of orders created without it are not delivered. */
  onChange?: OnChange;
  /** Default time until an order expires, ms; at most 7 days; default 900,000. */
  expiresInMs?: number;
  /** Ms from the expiry to the close, so that a payment in flight arrives first; at most 600,000; default 5,000. */
  closeGraceMs?: number;
  /** What to do with a late payment; default `refund`. */
  latePaymentPolicy?: LatePaymentPolicy;
  /** Concurrent closes per channel and process; default 50. */
  closeConcurrency?: number;
  /** Closes per second and channel, for all processes together; 0: unlimited; default 200. */
  closesPerSecond?: number;
  /** Interval of the sweep that finds due orders without a timer, ms; default 15,000. */
  sweepIntervalMs?: number;
  /** A pino logger, or a compatible one; the default writes JSON lines to standard output. */
  log?: Logger;
}
