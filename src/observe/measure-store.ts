import { waitsForExpiry } from '../order/attempt/attempt.ts';
import type { PaymentOrder } from '../order/order.ts';
import type { NewCloseRecord } from '../order/store/guarded-change.ts';
import type { OrderStore } from '../order/store/store.ts';
import type { Metrics } from './metrics.ts';

/**
 * Counts what the order store has committed: ended attempts, notifications, and how late timers close. Counts after the
 * commit, so a process that dies in between counts too few, never too many.
 */
export function measureStore(store: OrderStore, metrics: Metrics): OrderStore {
  return {
    ...store,
    async endAttempt(leased, set, record) {
      const done = await store.endAttempt(leased, set, record);
      noteAttempt(record, done !== null ? record.outcome : 'overtaken');
      if (done !== null && isClosedByTimer(record)) noteLateness(leased, record);
      return done;
    },
    async postponeAttempt(leased, next, record) {
      const done = await store.postponeAttempt(leased, next, record);
      noteAttempt(record, done ? record.outcome : 'overtaken');
      return done;
    },
    async cancelClosed(order, record) {
      const done = await store.cancelClosed(order, record);
      if (done) noteAttempt(record, record.outcome);
      return done;
    },
    async watchAgain(leased, watchUntil, record) {
      const done = await store.watchAgain(leased, watchUntil, record);
      noteAttempt(record, record.outcome);
      return done;
    },
    async decideLate(order, decision, record, now) {
      const done = await store.decideLate(order, decision, record, now);
      if (done) noteAttempt(record, record.outcome);
      return done;
    },
    async recordPayment(order, payment, source, how) {
      const outcome = await store.recordPayment(order, payment, source, how);
      if ('record' in source) noteAttempt(source.record, outcome === 'late' ? 'late' : source.record.outcome);
      if ('notification' in source) metrics.notifications.inc({ channel: order.channel, outcome });
      return outcome;
    },
    async recordMismatch(order, notification, now) {
      await store.recordMismatch(order, notification, now);
      if (notification !== null) metrics.notifications.inc({ channel: order.channel, outcome: 'mismatch' });
    },
    async saveNotification(notification) {
      await store.saveNotification(notification);
      metrics.notifications.inc({ channel: notification.channel, outcome: notification.outcome });
    },
  };

  function noteAttempt({ channel, closeType: type, trigger }: NewCloseRecord, outcome: string): void {
    metrics.attempts.inc({ channel, type, trigger, outcome });
  }

  function noteLateness({ channel, expiresAt, ending }: PaymentOrder, { createdAt }: NewCloseRecord): void {
    // A requested close that a timer finished is not late.
    if (ending !== 'expiry' || createdAt < expiresAt) return;
    metrics.closeLateness.observe({ channel }, (createdAt.getTime() - expiresAt.getTime()) / 1000);
  }
}

function isClosedByTimer({ closeType, outcome, trigger }: NewCloseRecord): boolean {
  return closeType === 'close' && outcome === 'closed' && waitsForExpiry({ kind: trigger });
}
