const DAY_MS = 86_400_000;
/** 23:00 in Beijing is 15:00 UTC. */
const ENDS_AT_UTC_MS = 15 * 3_600_000;

/** The end of the clearing day (清算日) that a time belongs to. UnionPay's clearing day ends at 23:00, Beijing time. */
export function clearingDayEnd(time: Date): Date {
  const day = Math.floor((time.getTime() - ENDS_AT_UTC_MS) / DAY_MS);
  return new Date((day + 1) * DAY_MS + ENDS_AT_UTC_MS);
}
