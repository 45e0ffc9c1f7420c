import type { OrderRow } from '../../../../src/http/admin/api.ts';
import type { OrderStatus } from '../../../../src/order/order.ts';
import { useText } from '../../text/use-text.ts';
import { Tag, type Tone } from '../tag.tsx';

const tones: Record<OrderStatus, Tone> = {
  progress: 'accent',
  success: 'good',
  close: 'calm',
  cancel: 'calm',
  refunding: 'warn',
  refunded: 'calm',
};

export function StatusTag({ status }: { status: OrderStatus }) {
  const { words } = useText();
  return <Tag tone={tones[status]}>{words.status[status]}</Tag>;
}

/** An order's status, with tags: stuck, watched, paid after its close. */
export function OrderState({ order }: { order: OrderRow }) {
  const { common } = useText();
  return (
    <span className="tags">
      <StatusTag status={order.status} />
      {order.stuckAt !== null && <Tag tone="bad">{common.stuckTag}</Tag>}
      {order.watchUntil !== null && order.latePaidAt === null && <Tag tone="warn">{common.watchedTag}</Tag>}
      {needsDecision(order) && <Tag tone="bad">{common.lateTag}</Tag>}
    </span>
  );
}

/** Paid after its close, and not handled automatically: kept by policy, or the channel refused the refund. */
function needsDecision({ status, latePaidAt, lateHandledAt, nextCloseAt }: OrderRow): boolean {
  const isLate = latePaidAt !== null && lateHandledAt === null && nextCloseAt === null;
  return isLate && (status === 'close' || status === 'refunding');
}
