import type { OrderDeps } from '../deps.ts';
import type { ArchiveCursor } from '../store/archive/archive-store.ts';

/** Finished orders that have not changed since `before`, `limit` in each batch. */
export interface Archivable {
  before: Date;
  limit: number;
}

/**
 * Moves finished orders to the archive, in batches of one transaction each; calls `onMoved` for each order. May be stopped
 * anywhere and run again, also at the same time. Returns how many. Throws if the database is unreachable; the batches
 * before that stay moved.
 */
export function archiveOrders(
  deps: OrderDeps,
  which: Archivable,
  onMoved: () => void = () => {},
): Promise<number> {
  return walk(deps, which, { dryRun: false }, onMoved);
}

/** Counts what `archiveOrders` would move, and changes nothing. */
export function countArchivable(deps: OrderDeps, which: Archivable): Promise<number> {
  return walk(deps, which, { dryRun: true }, () => {});
}

async function walk(
  { store, log }: OrderDeps,
  which: Archivable,
  how: { dryRun: boolean },
  onMoved: () => void,
): Promise<number> {
  let sum = 0;
  let after: ArchiveCursor | null = null;
  do {
    const { orders, next } = await store.archiveBatch({ ...which, after }, how);
    sum += orders;
    for (let each = 0; each < orders; each += 1) onMoved();
    after = next;
  } while (after !== null);
  if (!how.dryRun) log.info({ orders: sum, before: which.before }, 'orders archived');
  return sum;
}
