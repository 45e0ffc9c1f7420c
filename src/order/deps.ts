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

/**
 * The dependencies of every order use case. Built in `engine.ts`; the admin page gives its lists separate connections
 * (`admin-app.ts`).
 */
export interface OrderDeps {
  store: OrderStore;
  refunds: RefundStore;
  stuck: StuckStore;
  leases: LeaseKeeper;
  channels: Channels;
  timer: CloseTimer;
  clock: Clock;
  log: Logger;
  /** Rate-limits alerts about a fault that many orders share: true if this one should be logged at ERROR. */
  shouldAlert: ShouldAlert;
  outage: Outage;
  /** Ms from an order's creation to its expiry, unless the merchant sets one. */
  expiresInMs: number;
  /** Ms from an order's expiry to its close (the grace period), so that a payment in flight arrives first. */
  closeGraceMs: number;
  latePaymentPolicy: LatePaymentPolicy;
  /** Returns a number in [0, 1); spreads retries. */
  random: () => number;
}
