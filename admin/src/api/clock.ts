/** The server's clock, by which orders are counted down: the browser's own may be minutes off. */
let aheadMs = 0;

/** `now` is the server's, from an answer that was asked for at `askedMs` and arrived now (`Date.now()`). */
export function noteServerClock(now: string, askedMs: number): void {
  aheadMs = Date.parse(now) - (askedMs + Date.now()) / 2;
}

/** The server's time, ms since 1970. */
export function serverNowMs(): number {
  return Date.now() + aheadMs;
}
