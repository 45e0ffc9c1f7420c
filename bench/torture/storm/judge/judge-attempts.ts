import type { Evidence } from './evidence.ts';

/** Each attempt to notify the merchant has its row and its end, and one attempt of a delivered notice succeeded (G8). */
export function judgeNoticeAttempts({ notices, tries }: Evidence): string[] {
  return notices.flatMap(({ id, event, state, attempts }) => {
    const made = tries.filter(({ noticeId }) => noticeId === id);
    const outcomes = made.map(({ outcome }) => outcome);
    const wrong: string[] = [];
    if (made.length !== attempts)
      wrong.push(`${made.length} of ${attempts} attempts to notify of ${event} were recorded`);
    if (outcomes.includes('sending')) wrong.push(`an attempt to notify of ${event} has no end`);
    if (state === 'delivered' && !outcomes.includes('delivered'))
      wrong.push(`the notice of ${event} is delivered, and by no attempt`);
    return wrong;
  });
}
