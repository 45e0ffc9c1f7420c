import type { PaymentOrder } from '../order.ts';

/** What no notice tells, and is not kept with one. */
const untold = {
  payBody: null,
  clientIp: null,
  leaseToken: null,
  leaseUntil: null,
} satisfies Partial<PaymentOrder>;

/** The order as JSON, as a notice keeps it: whatever becomes of the order, the notice says what it was then. */
export function writeSnapshot(order: PaymentOrder): string {
  return JSON.stringify({ ...order, ...untold });
}

/** The trace of the order; null where the snapshot is older than traces are, or cannot be read. */
export function traceIdOf(snapshot: string): string | null {
  try {
    return readSnapshot(snapshot).traceId ?? null;
  } catch {
    return null;
  }
}

export function readSnapshot(snapshot: string): PaymentOrder {
  return JSON.parse(snapshot, (name, value: unknown) =>
    typeof value === 'string' && /(?:At|Until)$/.test(name) ? new Date(value) : value,
  );
}
