import type { TimelineEvent } from '../../../../src/http/admin/api.ts';
import type { Tone } from '../../parts/tag.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { AttemptEvent } from './attempt-event.tsx';
import { NoticeEvent } from './notice-event.tsx';
import { CreatedEvent, NotificationEvent, RefundEvent, ViolationEvent } from './small-events.tsx';

/** The order's history, oldest event first. */
export function OrderTimeline({ events }: { events: TimelineEvent[] }) {
  return (
    <ol className="timeline">
      {events.map((event) => (
        <li key={keyOf(event)} className={`dot-${toneOf(event)}`}>
          <DateTime at={event.at} />
          <Event event={event} />
        </li>
      ))}
    </ol>
  );
}

function Event({ event }: { event: TimelineEvent }) {
  switch (event.kind) {
    case 'created':
      return <CreatedEvent event={event} />;
    case 'notification':
      return <NotificationEvent event={event} />;
    case 'attempt':
      return <AttemptEvent event={event} />;
    case 'refund':
      return <RefundEvent event={event} />;
    case 'notice':
      return <NoticeEvent event={event} />;
    case 'violation':
      return <ViolationEvent event={event} />;
  }
}

function keyOf(event: TimelineEvent): string {
  const which = 'eventId' in event ? event.eventId : 'attempt' in event ? event.attempt : '';
  return `${event.kind} ${event.at} ${which}`;
}

function toneOf(event: TimelineEvent): Tone {
  switch (event.kind) {
    case 'created':
      return 'accent';
    case 'notification':
      return event.outcome === 'recorded' || event.outcome === 'repeated' ? 'good' : 'warn';
    case 'attempt':
      return event.statusBefore === event.statusAfter ? 'warn' : 'good';
    case 'refund':
      return event.state === 'done' ? 'good' : event.state === 'refused' ? 'bad' : 'warn';
    case 'notice':
      return event.state === 'delivered' ? 'good' : event.state === 'given_up' ? 'bad' : 'warn';
    case 'violation':
      return 'bad';
  }
}
