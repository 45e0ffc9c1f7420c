import type { PaymentOrder } from './order.ts';

/**
 * The queue as the use cases see it (延时任务). The truth about when an order is due is its row's `nextCloseAt`;
 * this only makes it punctual. Therefore neither function throws or waits for an unreachable queue: they log,
 * and the sweep makes good.
 */
export interface CloseTimer {
  /** A live timer for this order at `at`, whatever became of earlier ones. */
  set(order: Pick<PaymentOrder, 'orderNo' | 'channel'>, at: Date): Promise<TimerState>;
  clear(order: Pick<PaymentOrder, 'orderNo' | 'channel'>): Promise<void>;
}

/** `live`: one was there already, running or about to run. `failed`: the queue could not be reached. */
export type TimerState = 'set' | 'live' | 'failed';
