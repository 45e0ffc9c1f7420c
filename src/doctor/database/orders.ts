import type { DataSource } from 'typeorm';
import type { ServerConfig } from '../../config.ts';
import { where } from '../../order/lifecycle.ts';
import { type Finding, fail, ok, warn } from '../finding.ts';

/** An order may be overdue for so long without anything being wrong: a channel's deadline and a busy queue, ms. */
const MIN_OVERDUE_MS = 30_000;

const overdue = where.overdue.replace(':now', 'UTC_TIMESTAMP(3)');

interface Figures {
  overdue: number | string;
  /** How long the oldest has been due, s. */
  oldestS: number | string | null;
  stuck: number | string;
  late: number | string;
  violations: number | string;
}

/** Whether anybody works on the orders, and which of them wait for a person. */
export async function checkOrders(db: DataSource, server: ServerConfig): Promise<Finding[]> {
  const tables: unknown[] = await db.query("SHOW TABLES LIKE 'violation'");
  // Not migrated: for that check to say.
  if (tables.length === 0) return [];
  const [found]: Figures[] = await db.query(
    `SELECT (SELECT COUNT(*) FROM payment_order WHERE ${overdue}) AS overdue,
            (SELECT TIMESTAMPDIFF(SECOND, MIN(next_close_at), UTC_TIMESTAMP(3)) FROM payment_order
              WHERE ${overdue}) AS oldestS,
            (SELECT COUNT(*) FROM payment_order WHERE stuck_at IS NOT NULL) AS stuck,
            (SELECT COUNT(*) FROM payment_order WHERE ${where.lateNeedsDecision}) AS late,
            (SELECT COUNT(*) FROM violation) AS violations`,
  );
  if (found === undefined) return [];
  return [overdueFinding(found, server.SWEEP_INTERVAL_MS), ...forPeople(found)];
}

function overdueFinding({ overdue, oldestS }: Figures, sweepIntervalMs: number): Finding {
  const check = 'overdue orders';
  const allowedMs = Math.max(2 * sweepIntervalMs, MIN_OVERDUE_MS);
  if (Number(overdue) === 0) return ok(check, 'none');
  const found = `${overdue}, the oldest for ${oldestS} s`;
  if (Number(oldestS) * 1000 <= allowedMs) return ok(check, found);
  return fail(
    check,
    `${found}: no worker runs, or none keeps up`,
    'run `autoclose work` or `start`, on the same DATABASE_URL, REDIS_URL and REDIS_PREFIX; read its log for errors',
  );
}

function forPeople({ stuck, late, violations }: Figures): Finding[] {
  const waiting: [string, number, string][] = [
    ['stuck orders', Number(stuck), '`autoclose stuck` says why; `autoclose reclose --stuck` begins again'],
    ['late payments', Number(late), 'decide: `autoclose late`'],
    [
      'violations',
      Number(violations),
      '"autoclose violations" lists them: paid or payable after the close, paid twice, or with another amount',
    ],
  ];
  return waiting.map(([check, count, mend]) =>
    count === 0 ? ok(check, 'none') : warn(check, `${count} wait for a person`, mend),
  );
}
