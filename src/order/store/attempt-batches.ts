import type { EntityManager } from 'typeorm';
import { shownStatus } from '../lifecycle.ts';
import type { PaymentOrder } from '../order.ts';
import { enqueueNotices, type ShownChange } from '../outbox/enqueue-notice.ts';
import { CloseRecordEntity, PaymentOrderEntity } from './entities.ts';
import {
  changeEach,
  type NewCloseRecord,
  noLease,
  type RowChange,
  type RowValues,
} from './guarded-change.ts';

/** The end of an attempt: what it makes of its order, as the row is then. */
export interface AttemptEnd {
  leased: PaymentOrder;
  set(row: PaymentOrder): RowValues;
  record: NewCloseRecord;
}
/** `row`: the order afterwards. `done`: false if it has ended or changed hands meanwhile, so that only the record was written. */
export interface Ended {
  done: boolean;
  row: PaymentOrder;
}
export interface LeaseRequest {
  order: PaymentOrder;
  token: string;
  until: Date;
  now: Date;
}

/** Locks these rows and reads them, in the order of their ids, so that two batches cannot wait for each other. */
async function lockRows(
  manager: EntityManager,
  orders: readonly PaymentOrder[],
  locked: 'skip' | 'wait',
): Promise<Map<string, PaymentOrder>> {
  const query = manager
    .createQueryBuilder(PaymentOrderEntity, 'o')
    // As numbers: MySQL does not use a BIGINT's index for a list of strings.
    .where('o.id IN (:...ids)', { ids: orders.map(({ id }) => Number(id)) })
    .orderBy('o.id')
    .setLock('pessimistic_write');
  if (locked === 'skip') query.setOnLocked('skip_locked');
  return new Map((await query.getMany()).map((row) => [row.id, row]));
}

/** Takes the leases that are free. Null: another operation holds it, or the status has changed. */
export async function takeLeases(
  manager: EntityManager,
  requests: readonly LeaseRequest[],
): Promise<(PaymentOrder | 'locked' | null)[]> {
  const rows = await lockRows(
    manager,
    requests.map(({ order }) => order),
    'skip',
  );
  const changes: RowChange[] = [];
  const results = requests.map(({ order, token, until, now }) => {
    const before = rows.get(order.id);
    if (before === undefined) return 'locked';
    const isFree = before.leaseUntil === null || before.leaseUntil.getTime() <= now.getTime();
    if (before.status !== order.status || !isFree) return null;
    const set = { leaseToken: token, leaseUntil: until, closeAttempts: before.closeAttempts + 1 };
    changes.push({ before, set });
    return { ...before, ...set };
  });
  await changeEach(manager, changes);
  return results;
}

/** Ends attempts on different orders in one transaction. Null: the row is locked, and nothing was done with it. */
export async function endAttempts(
  manager: EntityManager,
  ends: readonly AttemptEnd[],
  locked: 'skip' | 'wait',
): Promise<(Ended | null)[]> {
  const rows = await lockRows(
    manager,
    ends.map(({ leased }) => leased),
    locked,
  );
  const changes: RowChange[] = [];
  const records: NewCloseRecord[] = [];
  const shown: ShownChange[] = [];
  const results = ends.map(({ leased, set, record }) => {
    const before = rows.get(leased.id);
    if (before === undefined) return null;
    const holds = before.status === leased.status && before.leaseToken === leased.leaseToken;
    const values = holds ? set(before) : {};
    const done = holds && (!endsOpen(leased, values) || isCreationUnchanged(before, leased));
    const row = { ...before, ...(done ? values : {}), ...(holds ? noLease : {}) };
    if (holds) changes.push({ before, set: { ...(done ? values : {}), ...noLease } });
    records.push({ ...record, ...(done ? {} : { outcome: 'overtaken' }), statusAfter: row.status });
    if (done && shownStatus(row) !== shownStatus(leased))
      shown.push({ order: row, shownBefore: shownStatus(leased), now: record.createdAt });
    return { done, row };
  });
  await changeEach(manager, changes);
  if (records.length > 0) await manager.insert(CloseRecordEntity, records);
  await enqueueNotices(manager, shown);
  return results;
}

/** A channel's answer may end an open order only if no creation has taken effect since (G2). */
function isCreationUnchanged(row: PaymentOrder, leased: PaymentOrder): boolean {
  return (
    (row.payBody === null) === (leased.payBody === null) &&
    row.createAttemptedAt.getTime() === leased.createAttemptedAt.getTime()
  );
}

function endsOpen({ status }: PaymentOrder, set: RowValues): boolean {
  return status === 'progress' && set.status !== undefined;
}
