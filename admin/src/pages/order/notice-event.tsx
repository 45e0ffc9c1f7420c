import type { TimelineEvent } from '../../../../src/http/admin/api.ts';
import { Tag } from '../../parts/tag.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { useText, wordFor } from '../../text/use-text.ts';

/** A merchant notice, and each delivery attempt. */
export function NoticeEvent({ event }: { event: TimelineEvent & { kind: 'notice' } }) {
  const { common, pages, words } = useText();
  const text = pages.order;
  const tone = event.state === 'delivered' ? 'good' : event.state === 'given_up' ? 'bad' : 'warn';
  return (
    <>
      <div className="what">
        <strong>{text.notice(words.status[event.event])}</strong>
        <Tag tone={tone}>{wordFor(words.notice, event.state)}</Tag>
        <span className="code">{event.host}</span>
      </div>
      <p className="soft">
        {text.event} <span className="code">{event.eventId}</span>
        {event.nextAt !== null && (
          <>
            {' · '}
            {text.next} <DateTime at={event.nextAt} />
          </>
        )}
      </p>
      {event.attempts.length > 0 && (
        <details>
          <summary>{text.sends(event.attempts.length)}</summary>
          <ul>
            {event.attempts.map((attempt) => (
              <li key={attempt.at}>
                <DateTime at={attempt.at} /> {wordFor(words.notice, attempt.outcome)}
                {attempt.httpStatus !== null && ` · HTTP ${attempt.httpStatus}`}
                {attempt.durationMs !== null && ` · ${attempt.durationMs} ${common.unit.ms}`}
                {attempt.answer !== null && <span className="code"> {attempt.answer}</span>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
