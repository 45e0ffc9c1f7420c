import type { OrderDeps } from '../order/deps.ts';
import { type NextRun, runDueOrder } from '../order/due/run-due-order.ts';
import type { CloseTrigger } from '../order/outcomes.ts';
import { safeError } from '../platform/log/safe-error.ts';

/** How soon an order is retried when the database is unavailable, ms. */
const OUTAGE_RETRY_MS = 5_000;

/** Runs a due order and returns when to run it next. Never throws: if the database is unavailable, in a few seconds. */
export async function nextRun(deps: OrderDeps, orderNo: string, trigger: CloseTrigger): Promise<NextRun> {
  try {
    const next = await runDueOrder(deps, orderNo, trigger);
    deps.outage.recovered();
    return next;
  } catch (error) {
    if (!deps.outage.reports(error))
      deps.log.error({ orderNo, err: safeError(error) }, 'close job interrupted; will retry');
    const waitMs = OUTAGE_RETRY_MS * (1 + deps.random());
    return { kind: 'at', at: new Date(deps.clock.now().getTime() + waitMs) };
  }
}
