import type { OrderDeps } from '../order/deps.ts';
import { type NextRun, runDueOrder } from '../order/due/run-due-order.ts';
import type { CloseTrigger } from '../order/outcomes.ts';
import { safeError } from '../platform/log/safe-error.ts';

/** How soon an order is tried again when our own database is away. */
const OUTAGE_RETRY_MS = 5_000;

/** Does what is due for an order. Never throws: while the database is away it is to be tried again in seconds. */
export async function nextRun(deps: OrderDeps, orderNo: string, trigger: CloseTrigger): Promise<NextRun> {
  try {
    const next = await runDueOrder(deps, orderNo, trigger);
    deps.outage.over();
    return next;
  } catch (error) {
    if (!deps.outage.noticed(error))
      deps.log.error({ orderNo, err: safeError(error) }, 'close job interrupted; will retry');
    const waitMs = OUTAGE_RETRY_MS * (1 + deps.random());
    return { kind: 'at', at: new Date(deps.clock.now().getTime() + waitMs) };
  }
}
