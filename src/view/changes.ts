import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Ticks } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { loadOrders } from './load-orders.ts';
import type { OrderView } from './order-row.ts';

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

export type Change = { type: 'order'; order: OrderView } | { type: 'figures' };
export type ChangeListener = (change: Change) => void;

/**
 * Tells of every order that changes, whichever process changed it: within about a second of the commit, as the order is
 * by then. All listeners share one question a second to the database; while nobody listens there is none. Nothing that
 * was committed is missed, in whatever order, also over an outage of the database, unless it is a flood. An order may be
 * told of again though people would see no difference.
 *
 * Whoever begins to listen first hears of what has changed lately, so that nothing falls between a list that was read
 * just before and the first change.
 */
export function createOrderChanges(db: DataSource, log: Logger, ticks: Ticks) {
  const listeners = new Set<ChangeListener>();
  const newcomers = new Set<ChangeListener>();
  let isLooking = false;

  async function lookWhileListenedTo(): Promise<void> {
    isLooking = true;
    let before: Versions | null = null;
    let figuresAt = Number.NEGATIVE_INFINITY;
    let haveChanged = false;
    while (listeners.size > 0) {
      try {
        const now = await readVersions(db, before);
        const fresh = before === null ? [] : changedSince(before, now);
        await tellAll(fresh, [...now.of.keys()].slice(0, RECENT));
        // Only now: what could not be told of is told again.
        before = now;
        haveChanged ||= fresh.length > 0;
      } catch (error) {
        log.debug({ err: error instanceof Error ? error.name : 'error' }, 'changes cannot be read');
      }
      if (haveChanged && ticks() - figuresAt >= FIGURES_MS) {
        for (const listener of listeners) listener({ type: 'figures' });
        figuresAt = ticks();
        haveChanged = false;
      }
      await wait(LOOK_MS, undefined, { ref: false });
    }
    isLooking = false;
  }

  async function tellAll(fresh: string[], recent: string[]): Promise<void> {
    const greeted = [...newcomers];
    const known = [...listeners].filter((listener) => !newcomers.has(listener));
    await tell(known, fresh);
    await tell(greeted, [...new Set([...fresh, ...recent])]);
    for (const listener of greeted) newcomers.delete(listener);
  }

  async function tell(whom: ChangeListener[], ids: string[]): Promise<void> {
    if (whom.length === 0) return;
    for (let from = 0; from < ids.length; from += LOAD_AT_ONCE) {
      for (const order of await loadOrders(db, ids.slice(from, from + LOAD_AT_ONCE))) {
        for (const listener of whom) if (listeners.has(listener)) listener({ type: 'order', order });
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
