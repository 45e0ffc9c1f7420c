import type { OrderRow } from '../../../../src/http/admin/api.ts';
import { useText } from '../../text/use-text.ts';
import { counted } from './duration.ts';
import { useServerNow } from './use-server-now.ts';

/** How long an open order can still be paid, or for how long it has been due; nothing for one that has ended. */
export function Countdown({ order }: { order: Pick<OrderRow, 'status' | 'expiresAt'> }) {
  return order.status === 'progress' ? <Counting until={order.expiresAt} /> : <span className="soft">–</span>;
}

function Counting({ until }: { until: string }) {
  const { common } = useText();
  const leftMs = Date.parse(until) - useServerNow();
  return (
    <span role="timer" className={leftMs > 0 ? 'number' : 'number expired'}>
      {leftMs > 0 ? common.left(counted(leftMs, common)) : common.overdueBy(counted(-leftMs, common))}
    </span>
  );
}

/** How long ago something was, counting on. */
export function Age({ since }: { since: string }) {
  const { common } = useText();
  return <span className="number">{counted(useServerNow() - Date.parse(since), common)}</span>;
}
