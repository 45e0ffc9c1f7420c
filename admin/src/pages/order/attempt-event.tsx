import type { TimelineEvent } from '../../../../src/http/admin/api.ts';
import { StatusChange } from '../../parts/order/status-change.tsx';
import { Tag } from '../../parts/tag.tsx';
import { useText, wordFor } from '../../text/use-text.ts';

/** One attempt: who asked for it, what the channel answered to each question, what came of it. */
export function AttemptEvent({ event }: { event: TimelineEvent & { kind: 'attempt' } }) {
  const { pages, words } = useText();
  const text = pages.order;
  const answers = [
    { name: text.queryBefore, answer: event.queryBefore },
    { name: text.closeAnswer, answer: event.closeAnswer },
    { name: text.queryAfter, answer: event.queryAfter },
  ].filter(({ answer }) => answer !== null);
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
      {answers.length > 0 && (
        <ul>
          {answers.map(({ name, answer }) => (
            <li key={name}>
              <span className="soft">{name}: </span>
              <span className="code">{answer}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
