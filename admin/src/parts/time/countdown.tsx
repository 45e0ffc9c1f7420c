import type { OrderRow } from '../../../../src/http/admin/api.ts';
import { useText } from '../../text/use-text.ts';
import { clockDuration } from './duration.ts';
import { useServerNow } from './use-server-now.ts';

/** How long an open order can still be paid, or has been expired; nothing for an ended order. */
export function Countdown({ order }: { order: Pick<OrderRow, 'status' | 'expiresAt'> }) {
  return order.status === 'progress' ? <Counting until={order.expiresAt} /> : <span className="soft">–</span>;
}

function Counting({ until }: { until: string }) {
  const { common } = useText();
  const leftMs = Date.parse(until) - useServerNow();
  return (
    <span role="timer" className={leftMs > 0 ? 'number' : 'number expired'}>
      {leftMs > 0
        ? common.left(clockDuration(leftMs, common))
        : common.expiredBy(clockDuration(-leftMs, common))}
    </span>
  );
}

/** The time since `since`, updated every second. */
export function Age({ since }: { since: string }) {
  const { common } = useText();
  return <span className="number">{clockDuration(useServerNow() - Date.parse(since), common)}</span>;
}
