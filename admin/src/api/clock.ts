/** The server's clock, for countdowns: the browser's own may be minutes off. */
let aheadMs = 0;

/** `now` is the server's time in an answer that was requested at `requestedMs` and arrived now (`Date.now()`). */
export function syncServerClock(now: string, requestedMs: number): void {
  aheadMs = Date.parse(now) - (requestedMs + Date.now()) / 2;
}

/** The server's time, ms since 1970. */
export function serverNowMs(): number {
  return Date.now() + aheadMs;
}
