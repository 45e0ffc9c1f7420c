import { randomInt } from 'node:crypto';

/** When ids began to come from the clock, ms. */
const EPOCH = Date.UTC(2025, 0, 1);
/** Ids in one millisecond: two processes take the same one once in so many times, and the later tries again. */
const PER_MS = 400;

/**
 * An order's id (`paymentId`): digits of a BIGINT that grow with the clock. A counter of the database's would hand out ids
 * again that were lost with a restored backup or a failover, and a merchant's cancel by such an id would pay another order
 * back. At most 15 digits until the year 2104: exact in every language, JavaScript included, and known from an order number
 * by its length.
 */
export function newOrderId(now: number = Date.now()): string {
  return String((now - EPOCH) * PER_MS + randomInt(PER_MS));
}
