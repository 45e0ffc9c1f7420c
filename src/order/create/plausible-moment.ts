/** Before the first gateway: such a moment is a number of seconds that was read as milliseconds, which falls in 1970. */
const FIRST_MS = Date.UTC(2000, 0, 1);
/** No order lives longer, ms. */
const LONGEST_AHEAD_MS = 366 * 86_400_000;

/**
 * What is wrong with a moment that somebody gives an order, in words for who gave it; null: it may be meant. Seconds taken
 * for milliseconds would close the order at once, and milliseconds taken for seconds never.
 */
export function whyImplausible(moment: unknown, now: Date): string | null {
  if (!(moment instanceof Date) || Number.isNaN(moment.getTime())) return 'must be a moment, as a valid Date';
  if (moment.getTime() < FIRST_MS)
    return `is ${moment.toISOString()}: seconds taken for milliseconds? A Date counts milliseconds: new Date(seconds * 1000)`;
  if (moment.getTime() - now.getTime() > LONGEST_AHEAD_MS)
    return `is ${moment.toISOString()}, over a year away: milliseconds taken for seconds?`;
  return null;
}
