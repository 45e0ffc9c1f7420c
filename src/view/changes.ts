import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Ticks } from '../platform/clock/clock.ts';
import type { Logger } from '../platform/log/logger.ts';
import { loadOrders } from './orders/load-orders.ts';
import type { OrderView } from './orders/order-row.ts';

/** Poll interval, ms. */
const POLL_MS = 1_000;
/** Minimum interval between two `figures` changes, ms. */
const FIGURES_MS = 5_000;
/**
 * A row has the time of its UPDATE, but is visible only after the commit. It is still found if it commits this much later,
 * s: longer than a silent transaction may live and a lock may be waited for (`platform/mysql/database.ts`).
 */
const COMMIT_S = 30;
/** At most so many rows are read, newest first: only in a flood could a change that was committed very late be missed. */
const MAX_ROWS = 10_000;
/** How many recent changes a new listener receives. */
const RECENT = 200;
const LOAD_AT_ONCE = 500;

export type Change =
  | { type: 'order'; order: OrderView }
  | { type: 'figures' }
  /** There were more changes than are sent. */
  | { type: 'missed' }
  /** The database cannot be read, or can be read again. */
  | { type: 'database'; isAway: boolean };
export type ChangeListener = (change: Change) => void;

/**
 * Notifies listeners of every changed order, by any process: within about a second of the commit, with the order as it is
 * then. All listeners share one query per second; without listeners there is none. No committed change is missed, in any
 * commit order and across database outages, except in a flood. Changes that people cannot see, such as a renewed lease, are
 * mostly skipped. Listeners also learn when the database cannot be read, and when it can be again.
 *
 * New listeners first receive recent changes, or `missed` if there are too many, so that nothing is lost between a list read
 * just before and the first change. All listeners receive the same objects.
 */
export function createOrderChanges(db: DataSource, log: Logger, ticks: Ticks) {
  const listeners = new Set<ChangeListener>();
  const newListeners = new Set<ChangeListener>();
  /** The last sent version of each order, by order number. Only a cache: it may be cleared at any time. */
  const lastSent = new Map<string, string>();
  let isPolling = false;

  async function pollWhileListening(): Promise<void> {
    isPolling = true;
    let before: Versions | null = null;
    let figuresAt = Number.NEGATIVE_INFINITY;
    let haveChanged = false;
    /** Listeners that know that the database cannot be read. */
    const waiting = new Set<ChangeListener>();
    while (listeners.size > 0) {
      try {
        const now = await readVersions(db, before);
        const fresh = before === null ? [] : changedSince(before, now);
        await notifyAll(fresh, [...now.of.keys()]);
        // Only now, so that changes that could not be sent are sent again.
        before = now;
        haveChanged ||= fresh.length > 0;
        for (const listener of waiting)
          if (listeners.has(listener)) listener({ type: 'database', isAway: false });
        waiting.clear();
      } catch (error) {
        log.debug({ err: error instanceof Error ? error.name : 'error' }, 'order changes cannot be read');
        for (const listener of listeners) {
          if (!waiting.has(listener)) listener({ type: 'database', isAway: true });
          waiting.add(listener);
        }
      }
      if (haveChanged && ticks() - figuresAt >= FIGURES_MS) {
        const change: Change = { type: 'figures' };
        for (const listener of listeners) listener(change);
        figuresAt = ticks();
        haveChanged = false;
      }
      await wait(POLL_MS, undefined, { ref: false });
    }
    lastSent.clear();
    isPolling = false;
  }

  async function notifyAll(fresh: string[], recent: string[]): Promise<void> {
    const added = [...newListeners];
    const known = [...listeners].filter((listener) => !newListeners.has(listener));
    await notify(known, fresh, (order) => {
      const shown = JSON.stringify(order);
      if (lastSent.get(order.orderNo) === shown) return false;
      if (lastSent.size >= MAX_ROWS) lastSent.clear();
      lastSent.set(order.orderNo, shown);
      return true;
    });
    await notify(added, [...new Set([...fresh, ...recent.slice(0, RECENT)])], (order) => {
      // New and old listeners may now have different versions: the next change must be sent in any case.
      lastSent.delete(order.orderNo);
      return true;
    });
    if (recent.length > RECENT) for (const listener of added) listener({ type: 'missed' });
    for (const listener of added) newListeners.delete(listener);
  }

  async function notify(
    receivers: ChangeListener[],
    ids: string[],
    isNew: (order: OrderView) => boolean,
  ): Promise<void> {
    if (receivers.length === 0) return;
    for (let from = 0; from < ids.length; from += LOAD_AT_ONCE) {
      for (const order of await loadOrders(db, ids.slice(from, from + LOAD_AT_ONCE))) {
        if (!isNew(order)) continue;
        const change: Change = { type: 'order', order };
        for (const listener of receivers) if (listeners.has(listener)) listener(change);
      }
    }
  }

  return {
    /** Returns a function that stops listening. `listener` must not throw. */
    listen(listener: ChangeListener): () => void {
      listeners.add(listener);
      newListeners.add(listener);
      if (!isPolling) void pollWhileListening();
      return () => {
        listeners.delete(listener);
        newListeners.delete(listener);
      };
    },
  };
}

/** When each recently changed order was last changed, newest first, and when this was read. */
interface Versions {
  at: string;
  of: Map<string, string>;
}

/** The orders changed since the last read and some time before it, by the database's clock. */
async function readVersions(db: DataSource, before: Versions | null): Promise<Versions> {
  const [clock]: { at: string }[] = await db.query('SELECT CAST(CURRENT_TIMESTAMP(6) AS CHAR) AS at');
  const at = clock?.at ?? '';
  // Rows written by hand in another time zone may have future times: ignore those.
  const rows: { id: string; version: string }[] = await db.query(
    `SELECT id, CAST(updated_at AS CHAR) AS version FROM payment_order FORCE INDEX (ix_updated_at)
     WHERE updated_at > CAST(? AS DATETIME(6)) - INTERVAL ${COMMIT_S} SECOND
       AND updated_at < CAST(? AS DATETIME(6)) + INTERVAL ${COMMIT_S} SECOND
     ORDER BY updated_at DESC, id DESC LIMIT ${MAX_ROWS}`,
    [before?.at ?? at, at],
  );
  return { at, of: new Map(rows.map(({ id, version }) => [id, version])) };
}

function changedSince(before: Versions, now: Versions): string[] {
  return [...now.of].flatMap(([id, version]) => (before.of.get(id) === version ? [] : [id]));
}
