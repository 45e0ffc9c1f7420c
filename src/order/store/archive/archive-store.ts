import type { DataSource, EntityManager } from 'typeorm';
import { inTransaction } from '../../../platform/mysql/database.ts';
import { where } from '../../lifecycle.ts';

/** The last order that a batch looked at, by the time of its last change, with microseconds. */
export interface ArchiveCursor {
  at: string;
  id: string;
}

export interface ArchiveBatch {
  /** Orders that were moved, or would be. */
  orders: number;
  /** Where the next batch begins; null: this was the last one. */
  next: ArchiveCursor | null;
}

interface Candidate {
  id: string;
  order_no: string;
  at: string;
}

/** The tables besides the order's, with the column that names the order, or its notice, and an index that begins with it. */
const tables = {
  close_record: { column: 'order_id', index: 'ix_order' },
  channel_notification: { column: 'order_no', index: 'ix_order_no' },
  refund: { column: 'order_id', index: 'ix_order' },
  violation: { column: 'order_id', index: 'uq_order_kind' },
  merchant_notice: { column: 'order_no', index: 'ix_order_no' },
  notice_attempt: { column: 'notice_id', index: 'uq_attempt' },
} as const;

/**
 * Selects finished orders through the index of their last change; `?`: that change is older, twice. Nothing is due, no
 * lease is held.
 */
export const selectFinished = `SELECT id, order_no, CAST(updated_at AS CHAR) AS at FROM payment_order FORCE INDEX (ix_updated_at)
  WHERE updated_at < ? AND ${where.finished} AND (lease_until IS NULL OR lease_until < ?)`;

/**
 * Moves finished orders with all their rows between the live tables and the archive. Each move is one transaction that has
 * locked every row it moves, so a crash at any point loses and doubles nothing. Part of the order store.
 */
export function createArchiveStore(db: DataSource) {
  return {
    /**
     * Looks at the next `limit` finished orders whose last change is older than `before`, and moves them to the archive,
     * unless `dryRun`. Leaves those with a pending notice or refund, and those that another transaction has locked.
     */
    async archiveBatch(
      { before, limit, after }: { before: Date; limit: number; after: ArchiveCursor | null },
      { dryRun = false }: { dryRun?: boolean } = {},
    ): Promise<ArchiveBatch> {
      return inTransaction(db, async (manager) => {
        const further = after === null ? '' : 'AND updated_at >= ? AND (updated_at > ? OR id > ?)';
        const found: Candidate[] = await manager.query(
          `${selectFinished} ${further} ORDER BY updated_at, id LIMIT ${limit}
            ${dryRun ? '' : 'FOR UPDATE SKIP LOCKED'}`,
          [before, before, ...(after === null ? [] : [after.at, after.at, Number(after.id)])],
        );
        const last = found.length < limit ? undefined : found.at(-1);
        const next = last === undefined ? null : { at: last.at, id: last.id };
        const ready = await withoutPending(manager, found, dryRun ? '' : 'FOR UPDATE');
        if (!dryRun) await move(manager, ready, { from: '', to: '_archive' });
        return { orders: ready.length, next };
      });
    },

    /**
     * Moves an archived order back with all its rows. It counts as changed now, so `autoclose archive` leaves it alone for
     * as long as any other. No effect if another process was faster.
     */
    async restore(id: string): Promise<void> {
      await inTransaction(db, async (manager) => {
        const found: Candidate[] = await manager.query(
          'SELECT id, order_no FROM payment_order_archive WHERE id = ? FOR UPDATE',
          [Number(id)],
        );
        await move(manager, found, { from: '_archive', to: '' });
      });
    },
  };
}

/** The orders whose notices are all sent or given up, and whose refunds have ended. */
async function withoutPending(
  manager: EntityManager,
  orders: Candidate[],
  lock: string,
): Promise<Candidate[]> {
  if (orders.length === 0) return [];
  // Every row is read and locked, not only pending ones: none can become pending until the orders have moved.
  const notices: { order_no: string; state: string }[] = await manager.query(
    `SELECT order_no, state FROM merchant_notice FORCE INDEX (ix_order_no) WHERE order_no IN (?) ${lock}`,
    [orders.map(({ order_no }) => order_no)],
  );
  const refunds: { order_no: string; state: string }[] = await manager.query(
    `SELECT order_no, state FROM refund FORCE INDEX (ix_order) WHERE order_id IN (?) ${lock}`,
    [orders.map(({ id }) => Number(id))],
  );
  const pending = new Set(
    [...notices, ...refunds].filter(({ state }) => state === 'pending').map(({ order_no }) => order_no),
  );
  return orders.filter(({ order_no }) => !pending.has(order_no));
}

interface Direction {
  from: '' | '_archive';
  to: '' | '_archive';
}

/** Moves orders, which the transaction has locked. */
async function move(manager: EntityManager, orders: Candidate[], direction: Direction): Promise<void> {
  if (orders.length === 0) return;
  const ids = orders.map(({ id }) => Number(id));
  const orderNos = orders.map(({ order_no }) => order_no);
  const found = (table: keyof typeof tables, values: (string | number)[]) =>
    lockedIds(manager, table, direction.from, values);
  for (const table of ['close_record', 'refund', 'violation'] as const)
    await moveRows(manager, table, await found(table, ids), direction);
  const notificationIds = await found('channel_notification', orderNos);
  await moveRows(manager, 'channel_notification', notificationIds, direction);
  const noticeIds = await found('merchant_notice', orderNos);
  await moveRows(manager, 'notice_attempt', await found('notice_attempt', noticeIds), direction);
  await moveRows(manager, 'merchant_notice', noticeIds, direction);
  await moveRows(manager, 'payment_order', ids, direction);
}

/**
 * Locks the rows first: at READ COMMITTED, a row that is added later must not be deleted without having been copied.
 * Through the index, so that it waits for no other rows.
 */
async function lockedIds(
  manager: EntityManager,
  table: keyof typeof tables,
  part: Direction['from'],
  values: (string | number)[],
): Promise<number[]> {
  if (values.length === 0) return [];
  const { column, index } = tables[table];
  const rows: { id: string }[] = await manager.query(
    `SELECT id FROM ${table}${part} FORCE INDEX (${index}) WHERE ${column} IN (?) FOR UPDATE`,
    [values],
  );
  return rows.map(({ id }) => Number(id));
}

/** Copies and deletes these rows. Throws, and so moves nothing, unless both statements find each of them. */
async function moveRows(
  manager: EntityManager,
  table: string,
  ids: number[],
  { from, to }: Direction,
): Promise<void> {
  if (ids.length === 0) return;
  // A restored row counts as changed now.
  const columns = (await columnsOf(manager, table)).filter((name) => to !== '' || name !== 'updated_at');
  const list = columns.map((name) => `t.${name}`).join(', ');
  // The list first: each row is then found by its primary key, and no other row is locked.
  const listed = `JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) v
    STRAIGHT_JOIN ${table}${from} t ON t.id = v.id`;
  const these = JSON.stringify(ids);
  const copied: { affectedRows: number } = await manager.query(
    `INSERT INTO ${table}${to} (${columns.join(', ')}) SELECT ${list} FROM ${listed}`,
    [these],
  );
  const deleted: { affectedRows: number } = await manager.query(`DELETE t FROM ${listed}`, [these]);
  if (copied.affectedRows !== ids.length || deleted.affectedRows !== ids.length)
    throw new Error(
      `${table}: ${ids.length} rows to move, ${copied.affectedRows} copied, ${deleted.affectedRows} deleted`,
    );
}

/** Of the live table: a column without a place in the archive makes the move fail instead of losing its values. */
async function columnsOf(manager: EntityManager, table: string): Promise<string[]> {
  const found: { name: string }[] = await manager.query(
    `SELECT column_name AS name FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position`,
    [table],
  );
  return found.map(({ name }) => name);
}
