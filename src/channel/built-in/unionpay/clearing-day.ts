const DAY_MS = 86_400_000;
/** 23:00 in Beijing is 15:00 UTC. */
const ENDS_AT_UTC_MS = 15 * 3_600_000;

/** UnionPay's clearing day (清算日) of a moment goes from 23:00 to 23:00, Beijing time: when it ends. */
export function clearingDayEnd(time: Date): Date {
  const day = Math.floor((time.getTime() - ENDS_AT_UTC_MS) / DAY_MS);
  return new Date((day + 1) * DAY_MS + ENDS_AT_UTC_MS);
}
