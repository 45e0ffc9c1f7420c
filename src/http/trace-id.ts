const LENGTH = 12;

/**
 * What a caller is told of its request's trace: the first 12 of its 32 hex digits, as long as DaxPay 2.0.6 has them. The log
 * carries all of them, and is found by these.
 */
export function shownTraceId(traceId: string): string {
  return traceId.slice(0, LENGTH);
}
