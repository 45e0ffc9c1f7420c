import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Ticks } from '../platform/clock/clock.ts';
import type { Logger } from '../platform/log/logger.ts';
import { loadOrders } from './orders/load-orders.ts';
import type { OrderView } from './orders/order-row.ts';

/** Between two looks, ms. */
const LOOK_MS = 1_000;
/** Between two hints that the figures have changed, ms. */
const FIGURES_MS = 5_000;
/**
 * A row bears the time of its UPDATE, and is seen only when that is committed. So long later it still is, s: longer than the
 * database lets a silent transaction of ours live and a lock be waited for (`platform/database.ts`).
 */
const COMMIT_S = 30;
/** Under a flood the newest so many are looked at: only what was committed very late could then be missed. */
const LOOK_AT_MOST = 10_000;
/** How many of the recent changes whoever begins to listen is told of. */
const RECENT = 200;
const LOAD_AT_ONCE = 500;

/** `missed`: more has changed than is told. */
export type Change =
  | { type: 'order'; order: OrderView }
  | { type: 'figures' }
  | { type: 'missed' }
  /** It cannot be read, or can be again. */
  | { type: 'database'; isAway: boolean };
export type ChangeListener = (change: Change) => void;

/**
 * Tells of every order that changes, whichever process changed it: within about a second of the commit, as the order is
 * by then. All listeners share one question a second to the database; while nobody listens there is none. Nothing that
 * was committed is missed, in whatever order, also over an outage of the database, unless it is a flood. Where people
 * would see no difference, as when a lease is prolonged, there is mostly nothing told. That the database cannot be read, and
 * that it can be again, is told too.
 *
 * Whoever begins to listen first hears of what has changed lately, or that it is more than is told, so that nothing falls
 * between a list that was read just before and the first change. All listeners are given the same objects.
 */
export function createOrderChanges(db: DataSource, log: Logger, ticks: Ticks) {
  const listeners = new Set<ChangeListener>();
  const newcomers = new Set<ChangeListener>();
  /** As they were last told, by order number; that much of it may be forgotten at any time. */
  const told = new Map<string, string>();
  let isLooking = false;

  async function lookWhileListenedTo(): Promise<void> {
    isLooking = true;
    let before: Versions | null = null;
    let figuresAt = Number.NEGATIVE_INFINITY;
    let haveChanged = false;
    /** Those that have been told that it is away. */
    const waiting = new Set<ChangeListener>();
    while (listeners.size > 0) {
      try {
        const now = await readVersions(db, before);
        const fresh = before === null ? [] : changedSince(before, now);
        await tellAll(fresh, [...now.of.keys()]);
        // Only now: what could not be told of is told again.
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
      await wait(LOOK_MS, undefined, { ref: false });
    }
    told.clear();
    isLooking = false;
  }

  async function tellAll(fresh: string[], recent: string[]): Promise<void> {
    const greeted = [...newcomers];
    const known = [...listeners].filter((listener) => !newcomers.has(listener));
    await tell(known, fresh, (order) => {
      const shown = JSON.stringify(order);
      if (told.get(order.orderNo) === shown) return false;
      if (told.size >= LOOK_AT_MOST) told.clear();
      told.set(order.orderNo, shown);
      return true;
    });
    await tell(greeted, [...new Set([...fresh, ...recent.slice(0, RECENT)])], (order) => {
      // These and the others may now know different states of it: its next change is news in any case.
      told.delete(order.orderNo);
      return true;
    });
    if (recent.length > RECENT) for (const listener of greeted) listener({ type: 'missed' });
    for (const listener of greeted) newcomers.delete(listener);
  }

  async function tell(
    whom: ChangeListener[],
    ids: string[],
    isNews: (order: OrderView) => boolean,
  ): Promise<void> {
    if (whom.length === 0) return;
    for (let from = 0; from < ids.length; from += LOAD_AT_ONCE) {
      for (const order of await loadOrders(db, ids.slice(from, from + LOAD_AT_ONCE))) {
        if (!isNews(order)) continue;
        const change: Change = { type: 'order', order };
        for (const listener of whom) if (listeners.has(listener)) listener(change);
      }
    }
  }

  return {
    /** Returns how to stop. `listener` must not throw. */
    listen(listener: ChangeListener): () => void {
      listeners.add(listener);
      newcomers.add(listener);
      if (!isLooking) void lookWhileListenedTo();
      return () => {
        listeners.delete(listener);
        newcomers.delete(listener);
      };
    },
  };
}

/** When each of the orders that changed lately was last changed, newest first, and when this was read. */
interface Versions {
  at: string;
  of: Map<string, string>;
}

/** Of what has changed since the last reading and some time before it. Both times are the database's. */
async function readVersions(db: DataSource, before: Versions | null): Promise<Versions> {
  const [clock]: { at: string }[] = await db.query('SELECT CAST(CURRENT_TIMESTAMP(6) AS CHAR) AS at');
  const at = clock?.at ?? '';
  // Who writes by hand in another time zone may stamp rows with times to come: those are not looked at.
  const rows: { id: string; version: string }[] = await db.query(
    `SELECT id, CAST(updated_at AS CHAR) AS version FROM payment_order FORCE INDEX (ix_updated_at)
     WHERE updated_at > CAST(? AS DATETIME(6)) - INTERVAL ${COMMIT_S} SECOND
       AND updated_at < CAST(? AS DATETIME(6)) + INTERVAL ${COMMIT_S} SECOND
     ORDER BY updated_at DESC, id DESC LIMIT ${LOOK_AT_MOST}`,
    [before?.at ?? at, at],
  );
  return { at, of: new Map(rows.map(({ id, version }) => [id, version])) };
}

function changedSince(before: Versions, now: Versions): string[] {
  return [...now.of].flatMap(([id, version]) => (before.of.get(id) === version ? [] : [id]));
}
