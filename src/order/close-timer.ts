import type { PaymentOrder } from './order.ts';
import type { CloseTrigger } from './outcomes.ts';

type TimedOrder = Pick<PaymentOrder, 'orderNo' | 'channel'>;

/**
 * The queue as the use cases see it (延时任务). The truth about when an order is due is its row's `nextCloseAt`;
 * this only makes it punctual. Therefore nothing here throws or waits for an unreachable queue: it says
 * so, and the sweep makes good.
 */
export interface CloseTimer {
  /**
   * A timer that fires at `at`, whatever became of earlier ones: completed, failed for good or vanished. `actor` is for
   * the close record of what it does; lost with the timer, for then the sweep does it.
   */
  set(
    order: TimedOrder,
    at: Date,
    trigger: CloseTrigger['kind'],
    actor?: CloseTrigger['actor'],
  ): Promise<TimerState>;
  /** For an overdue order: leaves a timer alone that is running or about to run, sets one otherwise. */
  ensure(order: TimedOrder, trigger: CloseTrigger['kind']): Promise<TimerState>;
  clear(order: TimedOrder): Promise<void>;
}

/**
 * - `live`: one is running or about to run.
 * - `away`: the queue cannot be reached.
 * - `failed`: this order's could not be set; others' may.
 */
export type TimerState = 'set' | 'live' | 'away' | 'failed';
