import type { EntityManager } from 'typeorm';
import type { PaymentOrder } from '../order.ts';
import { type CloseRecord, PaymentOrderEntity } from './entities.ts';

/** New values, or SQL for them. */
export type Change = { [Field in keyof PaymentOrder]?: PaymentOrder[Field] | (() => string) };

export type NewCloseRecord = Omit<CloseRecord, 'id' | 'queryBefore' | 'closeAnswer' | 'queryAfter'>;

export const noFailures = { retryReason: null, retryCount: 0, stuckAt: null };
export const noLease = { leaseToken: null, leaseUntil: null };

/** The only way to change an order: applies `set` where `guard` holds. Returns how many rows matched, 0 or 1. */
export async function change(
  manager: EntityManager,
  set: Change,
  guard: string,
  parameters: Record<string, unknown>,
): Promise<number> {
  const result = await manager
    .createQueryBuilder()
    .update(PaymentOrderEntity)
    .set(set)
    .where(guard, parameters)
    .execute();
  return result.affected ?? 0;
}

/** New values for one row. */
export type RowValues = Partial<PaymentOrder>;

/** New values of one row, which the transaction has locked and read as `before`. */
export interface RowChange {
  before: PaymentOrder;
  set: RowValues;
}

/**
 * Changes many rows by one statement, with separate values for each, and each still guarded by id, status and lease token.
 * Throws if a guard does not hold, which a locked row excludes. The guards compare bytes: a list's text has our connection's
 * collation and the column that of the server's default, which MySQL 8 may refuse to compare.
 */
export async function changeEach(manager: EntityManager, changes: readonly RowChange[]): Promise<void> {
  if (changes.length === 0) return;
  const fields = [...new Set(changes.flatMap(({ set }) => Object.keys(set) as (keyof PaymentOrder)[]))];
  const { connection } = manager;
  const columns = connection.getMetadata(PaymentOrderEntity).columns;
  const columnOf = (field: string) => columns.find((each) => each.propertyName === field)?.databaseName;
  const named = fields.map((_, index) => `? AS v${index}`).join(', ');
  // As a number: MySQL does not compare a BIGINT's index with text.
  const rows = changes.map(({ before }, index) =>
    index === 0
      ? `SELECT ${Number(before.id)} AS id, ? AS was, ? AS token, ${named}`
      : `SELECT ${Number(before.id)}, ?, ?, ${fields.map(() => '?').join(', ')}`,
  );
  const result: { affectedRows: number } = await manager.query(
    // The list first: each row is then found by its primary key, and no other row is locked.
    `UPDATE (${rows.join(' UNION ALL ')}) v STRAIGHT_JOIN payment_order o ON o.id = v.id
      SET ${fields.map((field, index) => `o.${columnOf(field)} = v.v${index}`).join(', ')}
      WHERE CAST(o.status AS BINARY) = CAST(v.was AS BINARY) AND CAST(o.lease_token AS BINARY) <=> CAST(v.token AS BINARY)`,
    changes.flatMap(({ before, set }) => [
      before.status,
      before.leaseToken,
      ...fields.map((field) => ({ ...before, ...set })[field]),
    ]),
  );
  if (result.affectedRows !== changes.length)
    throw new Error(
      `${changes.length - result.affectedRows} of ${changes.length} locked orders have changed`,
    );
}
