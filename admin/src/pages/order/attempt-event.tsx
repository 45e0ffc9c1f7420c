import type { TimelineEvent } from '../../../../src/http/admin/api.ts';
import { StatusChange } from '../../parts/order/status-change.tsx';
import { Tag } from '../../parts/tag.tsx';
import { useText, wordFor } from '../../text/use-text.ts';

/** One attempt: who requested it, the channel's answers, and the outcome. */
export function AttemptEvent({ event }: { event: TimelineEvent & { kind: 'attempt' } }) {
  const { pages, words } = useText();
  const text = pages.order;
  return (
    <>
      <div className="what">
        <strong>{text.attempt(wordFor(words.closeType, event.closeType), event.attempt)}</strong>
        <Tag>{wordFor(words.trigger, event.trigger)}</Tag>
        <span>{wordFor({ ...words.reason, ...words.attempt }, event.outcome)}</span>
        <StatusChange before={event.statusBefore} after={event.statusAfter} />
      </div>
      {event.actor !== null && (
        <p className="soft">
          {text.by} {event.actor}
          {event.clientIp !== null && ` · ${event.clientIp}`}
        </p>
      )}
      {event.note !== null && <p className="soft">{event.note}</p>}
      {event.answers.length > 0 && (
        <ul>
          {event.answers.map(({ call, answer }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the answers of a record never change
            <li key={`${index} ${call}`}>
              <span className="soft">{text.calls[call]}: </span>
              <span className="code">{answer}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
