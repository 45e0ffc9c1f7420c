import type { OrderDetail } from '../../../../src/http/admin/api.ts';
import { Pair } from '../../parts/lists/rows.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { yuan } from '../../parts/yuan.ts';
import { useText, wordFor } from '../../text/use-text.ts';

/** The order's fields. Times that are not set are omitted. */
export function OrderFacts({ order }: { order: OrderDetail['order'] }) {
  const { common, words } = useText();
  const hasEnded = order.status !== 'progress' && order.status !== 'refunding';
  const times = [
    'createdAt',
    'expiresAt',
    'paidAt',
    'closedAt',
    'latePaidAt',
    'lateHandledAt',
    'watchUntil',
    'nextCloseAt',
    'stuckAt',
  ] as const;
  const texts = [
    'description',
    'attach',
    'notifyUrl',
    'clientIp',
    'apiGeneration',
    'channelAccount',
    'errorMsg',
  ] as const;
  return (
    <dl className="pairs">
      <Pair name={common.itemTitle}>{order.title}</Pair>
      <Pair name={common.amount}>
        <strong className="number">{yuan(order.amountFen)}</strong>
      </Pair>
      <Pair name={common.channel}>
        {wordFor(words.channel, order.channel)} · {words.method[order.method]}
      </Pair>
      <Pair name={common.bizOrderNo}>
        <span className="code">{order.bizOrderNo}</span>
      </Pair>
      <Pair name={common.channelTradeNo}>
        <span className="code">{order.channelTradeNo ?? '–'}</span>
      </Pair>
      <Pair name="ID">
        <span className="code">{order.id}</span>
      </Pair>
      {times.map(
        (name) =>
          order[name] !== null && (
            <Pair key={name} name={name === 'nextCloseAt' && hasEnded ? common.nextCheckAt : common[name]}>
              <DateTime at={order[name]} />
            </Pair>
          ),
      )}
      <Pair name={common.ending}>{words.ending[order.ending]}</Pair>
      <Pair name={common.closeAttempts}>{order.closeAttempts}</Pair>
      {order.retryReason !== null && (
        <Pair name={common.retryReason}>{wordFor(words.reason, order.retryReason)}</Pair>
      )}
      {texts.map(
        (name) =>
          order[name] !== null && (
            <Pair key={name} name={common[name]}>
              {order[name]}
            </Pair>
          ),
      )}
    </dl>
  );
}
