import type { PaymentOrder } from '../order.ts';

/** Fields that no notice contains. */
const untold = {
  payBody: null,
  clientIp: null,
  leaseToken: null,
  leaseUntil: null,
} satisfies Partial<PaymentOrder>;

/** The order as JSON, stored with its notice: the notice shows the order as it was, even if it changes later. */
export function writeSnapshot(order: PaymentOrder): string {
  return JSON.stringify({ ...order, ...untold });
}

/** The order's trace. Null: the snapshot is older than traces, or cannot be read. */
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
