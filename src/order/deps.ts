import type { Channels } from '../channel/channel.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { CloseTimer } from './close-timer.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { RefundStore } from './refund-store.ts';
import type { OrderStore } from './store.ts';

/** What every order use case works with. Built once, in `app.ts`. */
export interface OrderDeps {
  store: OrderStore;
  refunds: RefundStore;
  leases: LeaseKeeper;
  channels: Channels;
  timer: CloseTimer;
  clock: Clock;
  log: Logger;
  /** Ms from an order's creation to its expiry, unless the merchant says otherwise. */
  expiresInMs: number;
  /** Ms between an order's expiry and its close, so that a payment in flight lands first. */
  closeGraceMs: number;
  /** In [0, 1): spreads retries. */
  random: () => number;
}
