import type { DataSource, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { answersIn } from '../../order/answers.ts';
import type { PaymentOrder } from '../../order/order.ts';
import { liveTables, type OrderTables } from '../../order/store/tables.ts';

/** An order that is retried for weeks has many records: shows the newest of each kind. */
const OF_EACH_KIND = 500;
/** The same limit for the delivery attempts of its notices. */
const TRIES = 1_000;

/** One event in an order's life. Contains no personal data and nothing to pay with. */
export type TimelineEvent = Awaited<ReturnType<typeof readTimeline>>[number];

/** Everything that happened to an order, oldest first, from the tables that have it. Throws if the database is unreachable. */
export async function readTimeline(db: DataSource, order: PaymentOrder, tables: OrderTables = liveTables) {
  const { orderNo, id: orderId } = order;
  // Sequential: uses only one of the few connections.
  const notifications = await newest(db, tables.notification, ['id', 'eventId', 'outcome', 'receivedAt'], {
    orderNo,
  });
  const attempts = await newest(db, tables.closeRecord, undefined, { orderId });
  const refunds = await newest(db, tables.refund, undefined, { orderId });
  const noticeFields = ['id', 'eventId', 'event', 'host', 'state', 'nextAt', 'createdAt'];
  const notices = await newest(db, tables.notice, noticeFields, { orderNo });
  const violations = await newest(db, tables.violation, undefined, { orderId });
  const tries = await readTries(
    db,
    tables,
    notices.map(({ id }) => id),
  );
  const events = [
    {
      kind: 'created' as const,
      at: order.createdAt,
      clientIp: order.clientIp,
      apiGeneration: order.apiGeneration,
    },
    ...notifications.map(({ receivedAt: at, eventId, outcome }) => ({
      kind: 'notification' as const,
      at,
      eventId,
      outcome,
    })),
    ...attempts.map((record) => ({
      kind: 'attempt' as const,
      at: record.createdAt,
      closeType: record.closeType,
      trigger: record.trigger,
      attempt: record.attempt,
      outcome: record.outcome,
      answers: answersIn(record),
      statusBefore: record.statusBefore,
      statusAfter: record.statusAfter,
      actor: record.actor,
      clientIp: record.clientIp,
      note: record.note,
    })),
    ...refunds.map(({ createdAt: at, refundNo, amountFen, reason, state, answer, endedAt }) => ({
      kind: 'refund' as const,
      at,
      refundNo,
      amountFen,
      reason,
      state,
      answer,
      endedAt,
    })),
    ...notices.map(({ id, createdAt: at, eventId, event, host, state, nextAt }) => ({
      kind: 'notice' as const,
      at,
      eventId,
      event,
      host,
      state,
      attempts: tries.get(id) ?? [],
      nextAt,
    })),
    ...violations.map(({ foundAt: at, kind: violation }) => ({ kind: 'violation' as const, at, violation })),
  ];
  // Sorting is stable: at the same time, a cause comes before its effect.
  return events.sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** Rows of one order, oldest first. */
async function newest<Row extends ObjectLiteral & { id: string }>(
  db: DataSource,
  entity: EntityTarget<Row>,
  fields: string[] | undefined,
  where: FindOptionsWhere<Row>,
): Promise<Row[]> {
  const query = db.getRepository(entity).createQueryBuilder('r').where(where);
  if (fields !== undefined) query.select(fields.map((field) => `r.${field}`));
  const found = await query.orderBy('r.id', 'DESC').limit(OF_EACH_KIND).getMany();
  return found.reverse();
}

/** The delivery attempts of each notice, oldest first; limited to the newest of all. */
async function readTries(db: DataSource, tables: OrderTables, noticeIds: string[]) {
  const tries = new Map<string, NoticeTry[]>();
  if (noticeIds.length === 0) return tries;
  const found = await db
    .getRepository(tables.noticeAttempt)
    .createQueryBuilder('t')
    .where('t.notice_id IN (:...ids)', { ids: noticeIds.map(Number) })
    .orderBy('t.id', 'DESC')
    .limit(TRIES)
    .getMany();
  for (const { noticeId, at, outcome, httpStatus, durationMs, answer } of found.reverse()) {
    const known = tries.get(noticeId) ?? [];
    tries.set(noticeId, [...known, { at, outcome, httpStatus, durationMs, answer }]);
  }
  return tries;
}

interface NoticeTry {
  at: Date;
  outcome: string;
  httpStatus: number | null;
  durationMs: number | null;
  answer: string | null;
}
