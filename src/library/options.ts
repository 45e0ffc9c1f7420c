import type { ChannelFactory } from '../channel/built-in/define-channel.ts';
import type { LatePaymentPolicy } from '../order/late-payment.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Order } from './types.ts';

/** What an order has become. `eventId` stays the same however often this is told. */
export interface OrderChange {
  eventId: string;
  /** As it was right after the change. */
  order: Order;
}

/**
 * Told of every change of an order's status, at least once: the change and the wish to tell it are written in one
 * transaction. Where it throws or takes longer than 5 s it is told again, on the schedule of merchants' notices, for a
 * day. Two changes of one order may be told in either order, or at once: compare `order.status` with what you have.
 */
export type OnChange = (change: OrderChange) => Promise<void>;

export interface AutocloseOptions {
  /** `mysql://user:password@host:3306/database`: a database of its own, brought to this version by `migrate`. */
  databaseUrl: string;
  /** `redis://host:6379`; with `maxmemory-policy noeviction` and `appendonly yes`. */
  redisUrl: string;
  /** Where set, the Redis server is whichever of theirs is the master. */
  redisSentinels?: { addresses: { host: string; port: number }[]; name: string; password?: string };
  /** In front of every key in Redis, without ":"; `autoclose` unless set. */
  redisPrefix?: string;
  /** The channels, built in or your own; the same ones in every process. */
  channels: readonly ChannelFactory[];
  /** In every process or in none: an order that is made without it is told to nobody. */
  onChange?: OnChange;
  /** Ms until an order expires for which nothing is said, at most 7 days; 900,000 unless set. */
  expiresInMs?: number;
  /** Ms from the expiry to the close, so that a payment in flight lands first, at most 600,000; 5,000 unless
   * set. */
  closeGraceMs?: number;
  /** What becomes of money that arrives for a closed order: `refund` unless set. */
  latePaymentPolicy?: LatePaymentPolicy;
  /** Closes under way at once, for each channel and process; 50 unless set. */
  closeConcurrency?: number;
  /** Closes begun in a second, for each channel, by all processes together, 0: any number; 200 unless set. */
  closesPerSecond?: number;
  /** How often overdue orders that have lost their timer are looked for, ms; 15,000 unless set. */
  sweepIntervalMs?: number;
  /** A pino logger, or one like it; unless set one that writes JSON lines to standard output. */
  log?: Logger;
}
