import type { PaymentOrder } from './order.ts';
import type { CloseTrigger } from './outcomes.ts';

type TimedOrder = Pick<PaymentOrder, 'orderNo' | 'channel'>;

/**
 * The queue as the use cases see it (延时任务). The row's `nextCloseAt` decides when an order is due; the queue only makes
 * it punctual. So nothing here throws or waits for an unreachable queue: the result says so, and the sweep catches up.
 */
export interface CloseTimer {
  /**
   * Sets a timer that fires at `at`, replacing one that completed, failed or vanished. `actor` is for the close record; it
   * is lost if the timer is, because the sweep then does the work.
   */
  set(
    order: TimedOrder,
    at: Date,
    trigger: CloseTrigger['kind'],
    actor?: CloseTrigger['actor'],
  ): Promise<TimerState>;
  /** For an due order: sets a timer unless one is running or about to run. */
  ensure(order: TimedOrder, trigger: CloseTrigger['kind']): Promise<TimerState>;
  clear(order: TimedOrder): Promise<void>;
}

/**
 * - `live`: one is running or about to run.
 * - `away`: the queue is unreachable.
 * - `failed`: this order's timer could not be set; others may be.
 */
export type TimerState = 'set' | 'live' | 'away' | 'failed';
