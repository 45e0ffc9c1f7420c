import type { PaymentOrder } from '../../../../src/order/order.ts';
import type { CloseRecord } from '../../../../src/order/store/entities.ts';
import type { LogEntry } from '../../../../src/sandbox/simulator/exchange/journal.ts';
import type { Evidence } from './evidence.ts';

/** Two calls that overlap by less may be one holder's: it gives one up an instant before its channel learns of it, ms. */
const INSTANT_MS = 1_000;
/** So long after the database fell silent or went down a lease may have run out under its holder, ms. */
const UNPROLONGED_MS = 25_000;

/** What an order's holders did at its channel: one at a time (G7), and each attempt with a record (G8). */
export function judgeCalls(row: PaymentOrder, evidence: Evidence): string[] {
  return [...judgeOverlaps(evidence), ...judgeAttempts(row, evidence), ...judgeAccount(evidence)];
}

/** Only the creation is sent without holding the order. */
function judgeOverlaps({ requests, interruptions }: Evidence): string[] {
  const calls = requests
    .filter(({ operation }) => operation !== null && operation !== 'create')
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  return calls.flatMap((call, place) => {
    const met = calls.slice(0, place).find((earlier) => isUnderWay(earlier, call.at));
    const isExcused = interruptions.some(
      ({ at, of }) => of === 'leases' && at <= call.at && call.at.getTime() - at.getTime() < UNPROLONGED_MS,
    );
    return met === undefined || isExcused
      ? []
      : [`a ${call.operation} while a ${met.operation} was under way: two holders of one order at once`];
  });
}

function isUnderWay({ endedAt }: LogEntry, at: Date): boolean {
  return endedAt.getTime() - INSTANT_MS > at.getTime();
}

/**
 * Only what was killed leaves no record, and a sync that changes nothing. After the faults ended nothing was killed any
 * more, and nobody synced but the worker that asks about a charge.
 */
function judgeAttempts(
  row: PaymentOrder,
  { life, records, interruptions, attemptsBefore }: Evidence,
): string[] {
  if (row.method === 'barcode') return [];
  const recorded = new Set(records.map(({ attempt }) => attempt));
  const missing = Array.from({ length: row.closeAttempts }, (_, index) => index + 1).filter(
    (attempt) => !recorded.has(attempt),
  );
  const missingAfterwards = missing.filter((attempt) => attempt > attemptsBefore);
  const syncs = life.plan.acts.filter((act) => 'when' in act && act.does === 'syncs').length;
  const wrong =
    missingAfterwards.length > 0 ? [`no record of the attempts ${missingAfterwards.join(', ')}`] : [];
  if (missing.length - missingAfterwards.length > interruptions.length + syncs)
    wrong.push(`${missing.length} of ${row.closeAttempts} attempts left no record`);
  return wrong;
}

/** Each record is about this order, and names the actor if there was one. */
function judgeAccount({ records, row }: Evidence): string[] {
  const isAbout = ({ orderId, bizOrderNo, channel }: CloseRecord) =>
    orderId === row?.id && bizOrderNo === row.bizOrderNo && channel === row.channel;
  return records.every(isAbout) ? [] : ['a record names another order'];
}
