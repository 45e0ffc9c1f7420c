import type { SimulatorClock } from '../clock.ts';
import { type ContentFault, createDeliveryFaults, type DeliveryFaults } from './delivery-faults.ts';
import { createPoster, type PostOutcome } from './post.ts';

/** A notification to a merchant. */
export interface Message {
  /** The same on every attempt. */
  id: string;
  channel: string;
  orderNo: string;
  url: string;
  /** Delays between attempts; after the last one the gateway gives up. */
  retryAfterMs: readonly number[];
  /** Signed again for every attempt. */
  compose(fault: ContentFault | null): { headers: Record<string, string>; body: Buffer };
  accepted(status: number, body: string): boolean;
}

/** One attempt and its result. */
export interface Delivery {
  notificationId: string;
  channel: string;
  orderNo: string;
  /** From 1. */
  attempt: number;
  at: Date;
  /** The merchant's HTTP status, or null without an answer. */
  status: number | null;
  accepted: boolean;
  /** Why there was no answer. */
  error: string | null;
}

export interface Notifier extends DeliveryFaults {
  send(message: Message): void;
  /** Sends all pending retries now; resolves when nothing is in flight. */
  flush(): Promise<void>;
  /** Sends the last notification of an order again, accepted or not. */
  resend(orderNo: string): Promise<void>;
  deliveries(orderNo?: string): Delivery[];
  /**
   * The `count`th delivery (from 1) for this order with that status, or with any. Past deliveries count, so
   * none can be missed.
   */
  delivered(orderNo: string, match?: { status?: number; count?: number }): Promise<Delivery>;
  clear(): void;
  /** Stops at once: nothing more is sent, and requests in flight are aborted. */
  stop(): void;
}

interface Pending {
  message: Message;
  attempts: number;
  cancelTimer: (() => void) | null;
}

/** Older deliveries are dropped. */
const MAX_DELIVERIES = 20_000;

/**
 * Delivers notifications: at once, then on the channel's schedule by the simulator's clock, until the merchant
 * accepts. Attempts for one order never overlap, except for scripted duplicates.
 */
export function createNotifier(clock: SimulatorClock): Notifier {
  const pending = new Set<Pending>();
  const inFlight = new Set<Promise<void>>();
  const lastMessages = new Map<string, Message>();
  const deliveries: Delivery[] = [];
  const watchers = new Set<() => void>();
  const faults = createDeliveryFaults();
  const poster = createPoster();
  let stopped = false;

  function start(work: () => Promise<void>): Promise<void> {
    const running: Promise<void> = work().finally(() => inFlight.delete(running));
    inFlight.add(running);
    return running;
  }

  async function attempt(entry: Pending): Promise<void> {
    const { message } = entry;
    entry.cancelTimer = null;
    const delayMs = faults.takeDelay(message.orderNo);
    if (delayMs !== null) return wait(entry, delayMs);
    const done = await faults.waitForTurn();
    // Cleared or stopped while it waited.
    if (!pending.has(entry)) return done();
    const copies = faults.takeDuplicates(message.orderNo) + 1;
    entry.attempts += 1;
    const sent = await Promise.all(Array.from({ length: copies }, () => deliver(message, entry.attempts)));
    done();
    const accepted = sent.some((delivery) => delivery.accepted);
    const retryAfterMs = message.retryAfterMs[entry.attempts - 1];
    if (accepted || retryAfterMs === undefined || !pending.has(entry)) pending.delete(entry);
    else wait(entry, retryAfterMs);
    // After the retry is scheduled: a watcher of deliveries can rely on it.
    record(sent);
  }

  function wait(entry: Pending, delayMs: number): void {
    entry.cancelTimer = clock.after(delayMs, () => start(() => attempt(entry)));
  }

  async function deliver(message: Message, attemptNo: number): Promise<Delivery> {
    const fault = faults.takeContent(message.orderNo);
    const outcome: PostOutcome =
      fault === 'drop'
        ? { error: 'dropped on the way' }
        : await poster.post(message.url, message.compose(fault));
    const answered = 'status' in outcome;
    return {
      notificationId: message.id,
      channel: message.channel,
      orderNo: message.orderNo,
      attempt: attemptNo,
      at: clock.now(),
      status: answered ? outcome.status : null,
      accepted: answered && message.accepted(outcome.status, outcome.body),
      error: answered ? null : outcome.error,
    };
  }

  function record(sent: Delivery[]): void {
    deliveries.push(...sent);
    if (deliveries.length > MAX_DELIVERIES) deliveries.splice(0, MAX_DELIVERIES / 10);
    for (const look of [...watchers]) look();
  }

  return {
    ...faults,
    send(message) {
      if (stopped) return;
      lastMessages.set(message.orderNo, message);
      const entry: Pending = { message, attempts: 0, cancelTimer: null };
      pending.add(entry);
      void start(() => attempt(entry));
    },
    async flush() {
      faults.endReordering();
      for (const entry of pending) {
        if (entry.cancelTimer === null) continue;
        entry.cancelTimer();
        void start(() => attempt(entry));
      }
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
    async resend(orderNo) {
      const message = lastMessages.get(orderNo);
      if (message === undefined) throw new Error(`no notification was sent for order ${orderNo}`);
      const before = deliveries.filter((one) => one.notificationId === message.id).length;
      await start(async () => record([await deliver(message, before + 1)]));
    },
    deliveries: (orderNo) => deliveries.filter((one) => orderNo === undefined || one.orderNo === orderNo),
    delivered: (orderNo, { status, count = 1 } = {}) =>
      new Promise((resolve) => {
        const look = () => {
          const fitting = deliveries.filter(
            (one) => one.orderNo === orderNo && (status === undefined || one.status === status),
          );
          const found = fitting[count - 1];
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    clear() {
      for (const entry of pending) entry.cancelTimer?.();
      pending.clear();
      lastMessages.clear();
      deliveries.length = 0;
      faults.forget();
    },
    stop() {
      stopped = true;
      for (const entry of pending) entry.cancelTimer?.();
      pending.clear();
      poster.abort();
      faults.forget();
    },
  };
}
