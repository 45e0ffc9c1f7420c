import type { DataSource } from 'typeorm';
import {
  type CloseRecord,
  CloseRecordEntity,
  type Refund,
  RefundEntity,
  type Violation,
  ViolationEntity,
} from '../../../src/order/entities.ts';
import { type MerchantNotice, MerchantNoticeEntity } from '../../../src/order/notice-entities.ts';
import { readSnapshot } from '../../../src/order/notice-snapshot.ts';
import { type OrderStatus, type PaymentOrder, shownStatus } from '../../../src/order/order.ts';
import type { Control } from '../../../src/simulator/control/control.ts';
import type { LogEntry } from '../../../src/simulator/journal.ts';
import type { OrderSnapshot } from '../../../src/simulator/snapshot.ts';

/**
 * Whether an order in this state may have the customer's money at the channel when everything has come to rest.
 * `late`: only as a late payment, which is on the order for a person.
 */
const mayKeepMoney = {
  progress: 'never',
  success: 'always',
  close: 'late',
  cancel: 'never',
  refunding: 'never',
  refunded: 'never',
} satisfies Record<OrderStatus, 'always' | 'never' | 'late'>;

/** Who asks for everything that is asked through the API or the admin page. */
export const ACTOR = 'merchant';

/** An order at rest, from both sides. */
export interface Evidence {
  row: PaymentOrder;
  order: OrderSnapshot | null;
  records: CloseRecord[];
  refunds: Refund[];
  /** What the merchant is told, in order. */
  notices: MerchantNotice[];
  /** What the program itself has found to contradict a close. */
  violations: Violation['kind'][];
  /** What we have asked its channel. */
  requests: LogEntry[];
}

export async function gatherEvidence(db: DataSource, control: Control, row: PaymentOrder): Promise<Evidence> {
  const { id, orderNo } = row;
  return {
    row,
    order: control.order(orderNo),
    records: await db.getRepository(CloseRecordEntity).findBy({ orderId: id }),
    refunds: await db.getRepository(RefundEntity).findBy({ orderId: id }),
    notices: await db
      .getRepository(MerchantNoticeEntity)
      .find({ where: { orderId: id }, order: { id: 'ASC' } }),
    violations: (await db.getRepository(ViolationEntity).findBy({ orderId: id })).map(({ kind }) => kind),
    requests: control.log({ orderNo }),
  };
}

/** Everything that is wrong with an order at rest. */
export function judge(evidence: Evidence): string[] {
  return [
    ...judgeMoney(evidence),
    ...judgeRecords(evidence),
    ...judgeNotices(evidence),
    ...judgeViolations(evidence),
    ...evidence.requests
      .filter(({ verified }) => verified !== 'ok')
      .map(({ operation, verified }) => `the channel did not believe our ${operation}: ${verified}`),
  ];
}

function judgeMoney({ order, row }: Evidence): string[] {
  const wrong: string[] = [];
  const may = mayKeepMoney[row.status];
  const isKept = keepsMoney(order);
  if (isKept && may === 'never') wrong.push(`paid and kept, but the order is ${row.status}`);
  if (isKept && may === 'late' && row.latePaidAt === null) wrong.push('a late payment is kept silently');
  if (!isKept && row.status === 'success') wrong.push('the order is success, but there is no money');
  if (!isKept && row.status === 'close' && row.latePaidAt !== null)
    wrong.push('a late payment that is not there');
  if (order !== null && order.refundedFen !== 0 && order.refundedFen !== order.amountFen) {
    wrong.push(`refunded ${order.refundedFen} of ${order.amountFen} fen`);
  }
  if (order?.payable === true && row.watchUntil === null)
    wrong.push(`${row.status}, but the channel would take money`);
  return wrong;
}

/** What the merchant may be told next. An order that has ended unpaid has ended once. */
const mayBeTold = {
  progress: ['success', 'close', 'cancel', 'refunding', 'refunded'],
  success: ['cancel', 'refunding', 'refunded'],
  close: ['refunding', 'refunded', 'success'],
  cancel: ['refunding'],
  refunding: ['refunded', 'cancel', 'success'],
  refunded: [],
} satisfies Record<OrderStatus, OrderStatus[]>;

/** One notice for each change, and no other (G6). */
function judgeNotices({ row, notices }: Evidence): string[] {
  const wrong = notices.flatMap((notice) => judgeContent(row, notice));
  if (new Set(notices.map(({ eventId }) => eventId)).size < notices.length)
    wrong.push('two notices of one event id');
  let status: OrderStatus = 'progress';
  for (const { event } of notices) {
    const may: readonly OrderStatus[] = mayBeTold[status];
    if (!may.includes(event)) wrong.push(`told of ${event} after ${status}`);
    status = event;
  }
  if (status !== row.status) wrong.push(`it is ${row.status}, but the last notice says ${status}`);
  return wrong;
}

/** A notice names the order, what it became, and its money. */
function judgeContent(row: PaymentOrder, { orderNo, url, event, snapshot }: MerchantNotice): string[] {
  const told = readSnapshot(snapshot);
  const same = ['id', 'orderNo', 'bizOrderNo', 'channel', 'method', 'amountFen', 'attach'] as const;
  const wrong = same
    .filter((field) => told[field] !== row[field])
    .map((field) => `a notice of ${event} has another ${field}: ${told[field]}`);
  if (shownStatus(told) !== event) wrong.push(`a notice of ${event} shows ${shownStatus(told)}`);
  if (event === 'success' && told.paidAt === null) wrong.push('a notice of success does not say when');
  if (orderNo !== row.orderNo || url !== row.notifyUrl) wrong.push(`a notice of ${event} goes elsewhere`);
  return wrong;
}

/** A stale answer shows a closed order as unpaid: only then is a violation not one of ours. */
function judgeViolations({ violations, requests }: Evidence): string[] {
  const wasStale = requests.some(({ fault }) => fault === 'stale_read');
  return violations
    .filter((kind) => kind === 'paid' || !wasStale)
    .map((kind) => `the program itself found a violation: ${kind}`);
}

/** Nothing is left to do, and nobody is at it. */
export function judgeRest(row: PaymentOrder, now: Date): string[] {
  const wrong: string[] = [];
  if (row.status === 'progress' || row.status === 'refunding')
    wrong.push(`still ${row.status}, with nothing left to do`);
  if (row.nextCloseAt !== null) wrong.push('still due');
  if (row.leaseUntil !== null && row.leaseUntil > now) wrong.push('still leased');
  return wrong;
}

function judgeRecords({ row, order, records, refunds }: Evidence): string[] {
  const wrong: string[] = [];
  const final = records.filter(
    ({ statusBefore, statusAfter, outcome }) =>
      statusBefore !== statusAfter &&
      statusAfter === row.status &&
      outcome !== 'overtaken' &&
      outcome !== 'late',
  );
  if (['close', 'cancel', 'refunded'].includes(row.status) && final.length !== 1) {
    wrong.push(`${final.length} records of the change to ${row.status}, not 1`);
  }
  for (const record of records) wrong.push(...judgeRecord(record));
  if (records.some(({ attempt }) => attempt < 1 || attempt > row.closeAttempts)) {
    wrong.push('a record of an attempt that was never begun');
  }
  if (refunds.length > 1) wrong.push(`${refunds.length} refunds of one order`);
  const refunded = (order?.refundedFen ?? 0) > 0;
  if (refunded && refunds[0]?.state !== 'done')
    wrong.push('the money went back, and our refund does not say so');
  return wrong;
}

/** It says who asked, and what the channel answered. Every merchant and user of a simulated life is called so. */
function judgeRecord({ trigger, actor, closeType, outcome, ...answers }: CloseRecord): string[] {
  const wrong: string[] = [];
  const byName = trigger === 'api' || trigger === 'admin';
  if (byName && (closeType === 'close' || closeType === 'cancel') && actor !== ACTOR)
    wrong.push(`a record of a ${closeType} by ${trigger} does not say who asked`);
  const { queryBefore, closeAnswer, queryAfter } = answers;
  if (outcome === 'closed' && closeType === 'close' && (queryBefore ?? closeAnswer ?? queryAfter) === null)
    wrong.push('a record of a close without an answer of its channel');
  return wrong;
}

/** The channel has the customer's money, or a part of it. */
export function keepsMoney(order: OrderSnapshot | null): boolean {
  return order !== null && order.paidAt !== null && order.refundedFen < order.amountFen;
}
