import type { Channels } from '../channel/channel.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { ShouldAlert } from '../platform/log/alert-limiter.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Outage } from '../platform/log/outage.ts';
import type { CloseTimer } from './close-timer.ts';
import type { LatePaymentPolicy } from './late-payment.ts';
import type { LeaseKeeper } from './store/lease-keeper.ts';
import type { RefundStore } from './store/refund-store.ts';
import type { OrderStore } from './store/store.ts';
import type { StuckStore } from './store/stuck-store.ts';

/** What every order use case works with. Built in `engine.ts`; lists for people read over connections of their own (`admin-app.ts`). */
export interface OrderDeps {
  store: OrderStore;
  refunds: RefundStore;
  stuck: StuckStore;
  leases: LeaseKeeper;
  channels: Channels;
  timer: CloseTimer;
  clock: Clock;
  log: Logger;
  /** For troubles that many orders share. */
  shouldAlert: ShouldAlert;
  outage: Outage;
  /** Ms from an order's creation to its expiry, unless the merchant says otherwise. */
  expiresInMs: number;
  /** Ms between an order's expiry and its close, so that a payment in flight lands first. */
  closeGraceMs: number;
  latePaymentPolicy: LatePaymentPolicy;
  /** In [0, 1): spreads retries. */
  random: () => number;
}
