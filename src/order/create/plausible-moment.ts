/** An earlier moment is seconds read as milliseconds, which gives a date in 1970. */
const FIRST_MS = Date.UTC(2000, 0, 1);
/** No order lives longer than this, ms. */
const LONGEST_AHEAD_MS = 366 * 86_400_000;

/**
 * Returns why a caller's moment is implausible, as a message for that caller; null: plausible. Seconds mistaken for
 * milliseconds would close the order immediately; milliseconds mistaken for seconds would never close it.
 */
export function whyImplausible(moment: unknown, now: Date): string | null {
  if (!(moment instanceof Date) || Number.isNaN(moment.getTime())) return 'must be a moment, as a valid Date';
  if (moment.getTime() < FIRST_MS)
    return `is ${moment.toISOString()}: seconds taken for milliseconds? A Date counts milliseconds: new Date(seconds * 1000)`;
  if (moment.getTime() - now.getTime() > LONGEST_AHEAD_MS)
    return `is ${moment.toISOString()}, over a year away: milliseconds taken for seconds?`;
  return null;
}
