import type { OrderStatus, PaymentOrder } from '../../../../src/order/order.ts';
import type { CloseRecord } from '../../../../src/order/store/entities.ts';
import type { Evidence } from './evidence.ts';
import { judgeNoticeAttempts } from './judge-attempts.ts';
import { judgeCalls } from './judge-calls.ts';
import { judgeMoney } from './judge-money.ts';

/** What its merchant may be notified of next. An order that has ended unpaid has ended once. */
const mayBeNotified: Record<OrderStatus, readonly OrderStatus[]> = {
  progress: ['success', 'close', 'cancel', 'refunding', 'refunded'],
  success: ['cancel', 'refunding', 'refunded'],
  close: ['refunding', 'refunded', 'success'],
  cancel: ['refunding'],
  refunding: ['refunded', 'cancel', 'success'],
  refunded: [],
};

/** Everything that is wrong with an order that is idle, looked at from all sides. */
export function judge(evidence: Evidence, now: Date): string[] {
  const { life, row, order, seen } = evidence;
  if (row === null) {
    return [
      ...(life.created ? ['the merchant was notified of an order that is not there'] : []),
      ...(order === null ? [] : ['the channel knows an order that we do not']),
    ];
  }
  return [
    ...(seen?.accusations ?? []),
    ...judgeMoney(row, evidence),
    ...judgeCalls(row, evidence),
    ...judgePromises(row, evidence),
    ...judgeRest(row, evidence, now),
    ...judgeRecords(row, evidence),
    ...judgeNotices(row, evidence),
    ...judgeNoticeAttempts(evidence),
    ...judgeChannel(evidence),
  ];
}

/** What the API has answered stays true. */
function judgePromises({ status, latePaidAt }: PaymentOrder, { life }: Evidence): string[] {
  const wrong: string[] = [];
  const isOpenOrPaid = status === 'progress' || status === 'success';
  if (life.closed && isOpenOrPaid && latePaidAt === null)
    wrong.push(`the merchant was notified that it is closed, but it is ${status}`);
  // Nobody has paid: closed before it was cancelled is as good, unless late money is kept.
  if (life.cancelled && (isOpenOrPaid || (status === 'close' && latePaidAt !== null)))
    wrong.push(`the merchant was notified that it is cancelled, but it is ${status}`);
  return wrong;
}

function judgeRest(
  { status, nextCloseAt, leaseUntil, watchUntil, latePaidAt }: PaymentOrder,
  { seen, records }: Evidence,
  now: Date,
): string[] {
  const wrong: string[] = [];
  if (status === 'progress' || status === 'refunding') wrong.push(`still ${status}`);
  if (nextCloseAt !== null) wrong.push(`still due, at ${nextCloseAt.toISOString()}`);
  if (leaseUntil !== null && leaseUntil > now) wrong.push('still leased');
  if (watchUntil !== null && latePaidAt === null) wrong.push('still watched');
  const wasLookedAt = records.some(({ closeType, outcome }) => closeType === 'watch' || outcome === 'late');
  if (seen?.watched === true && latePaidAt === null && !wasLookedAt)
    wrong.push('it was watched, and nobody looked');
  return wrong;
}

/** Outcomes of attempts that changed the order themselves; a payment needs no attempt. */
const deciding: ReadonlySet<string> = new Set(['closed', 'cancelled', 'refunded', 'refund']);
const needsRecord: ReadonlySet<string> = new Set(['close', 'cancel', 'refunded']);

function changesOf(records: CloseRecord[]): CloseRecord[] {
  return records.filter(
    ({ outcome, statusBefore, statusAfter }) => deciding.has(outcome) && statusBefore !== statusAfter,
  );
}

function judgeRecords(row: PaymentOrder, { records }: Evidence): string[] {
  const wrong: string[] = [];
  const changes = changesOf(records);
  for (const status of needsRecord) {
    const count = changes.filter(({ statusAfter }) => statusAfter === status).length;
    if (count > 1) wrong.push(`${count} records of the change to ${status}`);
    if (count === 0 && status === row.status) wrong.push(`no record of the change to ${status}`);
  }
  const before = new Set<string>(['progress', 'success', 'refunding']);
  for (const { statusBefore, statusAfter } of changes) {
    if (!before.has(statusBefore)) wrong.push(`a record from ${statusBefore}, which it had not become`);
    before.add(statusAfter);
  }
  if (records.some(({ attempt }) => attempt < 0 || attempt > row.closeAttempts))
    wrong.push('a record of an attempt that was never begun');
  return wrong;
}

/** One notice for each change of status and no other, each taken by the merchant (G6). */
function judgeNotices(row: PaymentOrder, { life, notices, records, delivered, order }: Evidence): string[] {
  if (!life.plan.wantsNotices) return notices.length === 0 ? [] : ['a notice that nobody wanted'];
  const wrong: string[] = [];
  let status: OrderStatus = 'progress';
  for (const { event } of notices) {
    if (!mayBeNotified[status].includes(event)) wrong.push(`notified of ${event} after ${status}`);
    status = event;
  }
  if (status !== row.status) wrong.push(`it is ${row.status}, but the last notice says ${status}`);
  const events = new Set<string>(notices.map(({ event }) => event));
  for (const { statusAfter } of changesOf(records)) {
    if (!events.has(statusAfter)) wrong.push(`no notice of the change to ${statusAfter}`);
  }
  if (order?.paidAt == null && events.has('success'))
    wrong.push('notified of a payment that nobody has made');
  if (row.paidAt !== null && !events.has('success') && !events.has('refunding'))
    wrong.push('no notice of the payment');
  for (const notice of notices) {
    const arrived = delivered.filter(({ eventId }) => eventId === notice.eventId);
    if (notice.state !== 'delivered') wrong.push(`the notice of ${notice.event} is ${notice.state}`);
    if (!arrived.some(({ accepted }) => accepted))
      wrong.push(`the merchant never took the notice of ${notice.event}`);
    const said = new Set(arrived.flatMap((each) => each.notice?.status ?? []));
    if (said.size > 1) wrong.push(`the event of ${notice.event} was sent with different statuses`);
    if ([...said].some((status) => status !== notice.event))
      wrong.push(`the event of ${notice.event} was sent as ${[...said].join()}`);
  }
  if (delivered.some(({ notice }) => notice === null)) wrong.push('a notice that the merchant cannot verify');
  const known = new Set(notices.map(({ eventId }) => eventId));
  if (delivered.some(({ eventId }) => !known.has(eventId)))
    wrong.push('a notice of an event that we do not know');
  return wrong;
}

function judgeChannel({ requests, deliveries, notifications, violations }: Evidence): string[] {
  const wrong = requests
    .filter(({ verified }) => verified !== 'ok')
    .map(({ operation, verified }) => `the channel did not believe our ${operation}: ${verified}`);
  const stored = new Set(notifications.map(({ eventId }) => eventId));
  for (const { accepted, notificationId } of deliveries) {
    if (accepted && !stored.has(notificationId)) wrong.push(`${notificationId} was accepted, but not stored`);
  }
  // A stale answer to a sync shows a closed order as unpaid: only then is the violation not one of ours.
  const wasStale = requests.some(({ fault }) => fault === 'stale_read');
  for (const { kind } of violations) {
    if (kind === 'paid' || !wasStale) wrong.push(`the program itself found a violation: ${kind}`);
  }
  return wrong;
}
