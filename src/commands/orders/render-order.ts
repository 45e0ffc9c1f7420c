import { assertNever } from '../../platform/assert-never.ts';
import type { OrderDetailView } from '../../view/orders/order-detail.ts';
import type { TimelineEvent } from '../../view/orders/timeline.ts';

/** An order as text: its fields, then a line per event. Times are UTC; empty fields are omitted. */
export function renderOrder({ isArchived, order, timeline, actions }: OrderDetailView): string[] {
  const fields = Object.entries({
    ...order,
    archived: isArchived ? 'yes' : null,
    amountFen: `${(order.amountFen / 100).toFixed(2)} yuan`,
  })
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [name === 'amountFen' ? 'amount' : name, asText(value)] as const);
  const width = Math.max(...fields.map(([name]) => name.length));
  return [
    ...fields.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    '',
    ...timeline.flatMap(renderEvent),
    '',
    `possible actions: ${actions.join(', ') || 'none'}`,
  ];
}

function renderEvent(event: TimelineEvent): string[] {
  const line = (...parts: (string | number | null)[]) =>
    [
      event.at.toISOString(),
      event.kind.padEnd(12),
      ...parts.filter((part) => part !== null && part !== ''),
    ].join('  ');
  switch (event.kind) {
    case 'created':
      return [line(labeled('from', event.clientIp), labeled('api', event.apiGeneration))];
    case 'notification':
      return [line(event.outcome, event.eventId)];
    case 'attempt':
      return [
        line(
          `${event.closeType} ${event.outcome}`,
          `${event.statusBefore} → ${event.statusAfter}`,
          `by ${[event.trigger, event.actor, event.clientIp].filter((part) => part !== null).join(' ')}`,
          ...event.answers.map(({ call, answer }) => labeled(`${call}:`, answer)),
          labeled('note:', event.note),
        ),
      ];
    case 'refund':
      return [
        line(
          `${event.reason} ${event.state}`,
          `${(event.amountFen / 100).toFixed(2)} yuan`,
          event.refundNo,
          event.answer,
          labeled('ended', event.endedAt),
        ),
      ];
    case 'notice':
      return [
        line(`${event.event} ${event.state}`, event.host, event.eventId, labeled('next', event.nextAt)),
        ...event.attempts.map(({ at, outcome, httpStatus, durationMs }) =>
          [`  ${at.toISOString()}`, outcome, httpStatus, durationMs === null ? null : `${durationMs} ms`]
            .filter((part) => part !== null)
            .join('  '),
        ),
      ];
    case 'violation':
      return [line(event.violation)];
    default:
      return assertNever(event);
  }
}

const labeled = (label: string, value: string | Date | null) =>
  value === null ? null : `${label} ${asText(value)}`;

function asText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
