import type { NoticeWithAttempts } from './notice-store.ts';

/** Renders notices for people: one line each, and one below it for each attempt. Times are UTC. */
export function renderNotices(notices: NoticeWithAttempts[]): string[] {
  if (notices.length === 0) return ['no notices'];
  return notices.flatMap(({ eventId, event, state, nextAt, host, tries }) => [
    `${eventId} ${event} ${state}${nextAt === null ? '' : ` next ${nextAt.toISOString()}`} ${host}`,
    ...tries.map(({ attempt, at, outcome, httpStatus, durationMs, answer }) =>
      [
        `  ${attempt}`,
        at.toISOString(),
        outcome,
        httpStatus,
        durationMs === null ? null : `${durationMs} ms`,
        answer,
      ]
        .filter((part) => part !== null && part !== '')
        .join(' '),
    ),
  ]);
}
