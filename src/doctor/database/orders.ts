import type { DataSource } from 'typeorm';
import type { ServerConfig } from '../../config.ts';
import { where } from '../../order/lifecycle.ts';
import { type Finding, fail, ok, warn } from '../finding.ts';

/** How long an order may be overdue without a fault: a channel's deadline and a busy queue, ms. */
const MIN_OVERDUE_MS = 30_000;

const overdue = where.overdue.replace(':now', 'UTC_TIMESTAMP(3)');

interface Figures {
  overdue: number | string;
  /** How long the oldest has been overdue, s. */
  oldestS: number | string | null;
  stuck: number | string;
  late: number | string;
  violations: number | string;
}

/** Whether orders are being processed, and which need a person. */
export async function checkOrders(db: DataSource, server: ServerConfig): Promise<Finding[]> {
  const tables: unknown[] = await db.query("SHOW TABLES LIKE 'violation'");
  // Not migrated: that check reports it.
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
  return [overdueFinding(found, server.SWEEP_INTERVAL_MS), ...findingsForPeople(found)];
}

function overdueFinding({ overdue, oldestS }: Figures, sweepIntervalMs: number): Finding {
  const check = 'overdue orders';
  const allowedMs = Math.max(2 * sweepIntervalMs, MIN_OVERDUE_MS);
  if (Number(overdue) === 0) return ok(check, 'none');
  const found = `${overdue}, the oldest for ${oldestS} s`;
  if (Number(oldestS) * 1000 <= allowedMs) return ok(check, found);
  return fail(
    check,
    `${found}: no worker is running, or none keeps up`,
    'run `autoclose work` or `start`, on the same DATABASE_URL, REDIS_URL and REDIS_PREFIX; read its log for errors',
  );
}

function findingsForPeople({ stuck, late, violations }: Figures): Finding[] {
  const waiting: [string, number, string][] = [
    ['stuck orders', Number(stuck), '`autoclose stuck` shows why; `autoclose reclose --stuck` starts again'],
    ['late payments', Number(late), 'decide with `autoclose late`'],
    [
      'violations',
      Number(violations),
      '"autoclose violations" lists them: paid or payable after the close, paid twice, or with another amount',
    ],
  ];
  return waiting.map(([check, count, fix]) =>
    count === 0 ? ok(check, 'none') : warn(check, `${count} need a person`, fix),
  );
}
