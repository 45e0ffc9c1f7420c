const LENGTH = 12;

/**
 * The trace id as callers see it: the first 12 of its 32 hex digits, the length that DaxPay 2.0.6 uses. The log has all
 * digits, and can be searched for these.
 */
export function shortTraceId(traceId: string): string {
  return traceId.slice(0, LENGTH);
}
