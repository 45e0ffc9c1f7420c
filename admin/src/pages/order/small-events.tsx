import type { TimelineEvent } from '../../../../src/http/admin/api.ts';
import { Tag } from '../../parts/tag.tsx';
import { yuan } from '../../parts/yuan.ts';
import { useText, wordFor } from '../../text/use-text.ts';

type Of<Kind extends TimelineEvent['kind']> = { event: TimelineEvent & { kind: Kind } };

export function CreatedEvent({ event }: Of<'created'>) {
  const { common, pages } = useText();
  return (
    <div className="what">
      <strong>{pages.order.created}</strong>
      {event.clientIp !== null && <span className="soft">{`${common.clientIp} ${event.clientIp}`}</span>}
      {event.apiGeneration !== null && (
        <span className="soft">{`${common.apiGeneration} ${event.apiGeneration}`}</span>
      )}
    </div>
  );
}

export function NotificationEvent({ event }: Of<'notification'>) {
  const { pages, words } = useText();
  return (
    <>
      <div className="what">
        <strong>{pages.order.notification}</strong>
        <Tag tone={event.outcome === 'recorded' ? 'good' : 'calm'}>
          {wordFor(words.notification, event.outcome)}
        </Tag>
      </div>
      <p className="soft">
        {pages.order.event} <span className="code">{event.eventId}</span>
      </p>
    </>
  );
}

export function RefundEvent({ event }: Of<'refund'>) {
  const { pages, words } = useText();
  const tone = event.state === 'done' ? 'good' : event.state === 'refused' ? 'bad' : 'warn';
  return (
    <>
      <div className="what">
        <strong>
          {pages.order.refund} <span className="number">{yuan(event.amountFen)}</span>
        </strong>
        <Tag tone={tone}>{wordFor(words.refund, event.state)}</Tag>
        <span>{event.reason}</span>
      </div>
      <p className="code soft">
        {event.refundNo}
        {event.answer !== null && ` · ${event.answer}`}
      </p>
    </>
  );
}

export function ViolationEvent({ event }: Of<'violation'>) {
  const { pages, words } = useText();
  return (
    <div className="what">
      <strong>{pages.order.violation}</strong>
      <Tag tone="bad">{words.violation[event.violation]}</Tag>
    </div>
  );
}
