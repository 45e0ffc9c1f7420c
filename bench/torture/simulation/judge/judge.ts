import type { ChannelPayment } from '../../../../src/channel/channel.ts';
import { shownStatus } from '../../../../src/order/lifecycle.ts';
import type { OrderStatus, PaymentOrder } from '../../../../src/order/order.ts';
import { type MerchantNotice, MerchantNoticeEntity } from '../../../../src/order/outbox/notice-entities.ts';
import { readSnapshot } from '../../../../src/order/outbox/notice-snapshot.ts';
import {
  type CloseRecord,
  CloseRecordEntity,
  type Refund,
  RefundEntity,
  type Violation,
  ViolationEntity,
} from '../../../../src/order/store/entities.ts';
import type { LogEntry } from '../../../../src/sandbox/simulator/exchange/journal.ts';
import type { OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';
import type { Life } from '../life/life.ts';
import type { Outsiders } from '../world/outsiders-record.ts';
import { keepsMoney } from './accuse-row.ts';

/**
 * Whether an order in this state may have the customer's money at the channel when everything has become idle.
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

/** An order that is idle, from both sides. */
export interface Evidence {
  row: PaymentOrder;
  order: OrderSnapshot | null;
  records: CloseRecord[];
  refunds: Refund[];
  /** The merchant's notices, in order. */
  notices: MerchantNotice[];
  /** What the program itself has found to contradict a close. */
  violations: Violation['kind'][];
  /** What we have asked its channel. */
  requests: LogEntry[];
  outsiders: Outsiders;
  /** Payments whose notification we have acknowledged. */
  payments: ChannelPayment[];
}

export async function gatherEvidence(
  { lane, outsiders, witness }: Life,
  row: PaymentOrder,
): Promise<Evidence> {
  const { db } = lane;
  const { control } = lane.simulator;
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
    outsiders,
    payments: witness.payments,
  };
}

/** Everything that is wrong with an order that is idle. */
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

/** Whom others have given money back is judged by what is left. */
function judgeMoney({ order, row, refunds, outsiders }: Evidence): string[] {
  const wrong: string[] = [];
  const may = mayKeepMoney[row.status];
  const isKept = keepsMoney(order);
  const isTouched = outsiders.refundedFen > 0;
  const isForPerson = isTouched && (row.stuckAt !== null || refunds[0]?.state === 'refused');
  if (isKept && may === 'never' && !isForPerson) wrong.push(`paid and kept, but the order is ${row.status}`);
  if (isKept && may === 'late' && row.latePaidAt === null) wrong.push('a late payment is kept silently');
  if (!isKept && row.status === 'success' && !isTouched)
    wrong.push('the order is success, but there is no money');
  if (!isKept && row.status === 'close' && row.latePaidAt !== null && !isTouched)
    wrong.push('a late payment that is not there');
  if (order !== null && order.refundedFen !== 0 && order.refundedFen !== order.amountFen && !isTouched) {
    wrong.push(`refunded ${order.refundedFen} of ${order.amountFen} fen`);
  }
  if (order?.payable === true && row.watchUntil === null)
    wrong.push(`${row.status}, but the channel would take money`);
  return wrong;
}

/** What the merchant may be notified of next. An order that has ended unpaid has ended once. */
const mayBeNotified = {
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
    const may: readonly OrderStatus[] = mayBeNotified[status];
    if (!may.includes(event)) wrong.push(`notified of ${event} after ${status}`);
    status = event;
  }
  // A cancel that cannot end, because others have refunded it, is shown as what it waits for.
  if (status !== row.status && status !== shownStatus(row))
    wrong.push(`it is ${row.status}, but the last notice says ${status}`);
  return wrong;
}

/** A notice names the order, what it became, and its money. */
function judgeContent(row: PaymentOrder, { orderNo, url, event, snapshot }: MerchantNotice): string[] {
  const shown = readSnapshot(snapshot);
  const same = ['id', 'orderNo', 'bizOrderNo', 'channel', 'method', 'amountFen', 'attach'] as const;
  const wrong = same
    .filter((field) => shown[field] !== row[field])
    .map((field) => `a notice of ${event} has another ${field}: ${shown[field]}`);
  if (shownStatus(shown) !== event) wrong.push(`a notice of ${event} shows ${shownStatus(shown)}`);
  if (event === 'success' && shown.paidAt === null) wrong.push('a notice of success does not say when');
  if (orderNo !== row.orderNo || url !== row.notifyUrl) wrong.push(`a notice of ${event} goes elsewhere`);
  return wrong;
}

/**
 * The program counts what must never be: a second payment and one of another amount, and nothing else. A stale answer shows
 * a closed order as unpaid: only then is a payable one not ours.
 */
function judgeViolations({ row, order, violations, requests, outsiders, payments }: Evidence): string[] {
  const wasStale = requests.some(({ fault }) => fault === 'stale_read');
  const mayBe = new Set<Violation['kind']>(wasStale ? ['payable'] : []);
  if (outsiders.secondPayments > 0) mayBe.add('paid_twice');
  if (outsiders.otherAmounts > 0) mayBe.add('mismatch');
  const mustBe = new Set<Violation['kind']>();
  for (const { amountFen, channelTradeNo } of payments) {
    if (amountFen !== row.amountFen) mustBe.add('mismatch');
    else if (channelTradeNo !== order?.tradeNo) mustBe.add('paid_twice');
  }
  return [
    ...violations
      .filter((kind) => !mayBe.has(kind))
      .map((kind) => `the program itself found a violation: ${kind}`),
    ...[...mustBe]
      .filter((kind) => !violations.includes(kind))
      .map((kind) => `acknowledged, and not counted as a violation: ${kind}`),
  ];
}

/** Nothing is left to do and no operation runs, or a person must decide. */
export function judgeRest({ row, refunds, outsiders }: Evidence, now: Date, isStuck: boolean): string[] {
  const wrong: string[] = [];
  const isRefused = outsiders.refundedFen > 0 && refunds[0]?.state === 'refused';
  const isOpen = row.status === 'progress' && !isStuck;
  if (isOpen || (row.status === 'refunding' && !isRefused))
    wrong.push(`still ${row.status}, with nothing left to do`);
  if (isStuck !== (row.nextCloseAt !== null)) wrong.push(isStuck ? 'stuck, and never due' : 'still due');
  if (row.leaseUntil !== null && row.leaseUntil > now) wrong.push('still leased');
  return wrong;
}

/** What was answered as cancelled keeps no money, also not for a decision about it. */
export function judgeCancelled({ row, order, refunds }: Evidence): string[] {
  const isKept = row.status === 'success' || (row.status === 'close' && row.latePaidAt !== null);
  const isForPerson = row.stuckAt !== null || refunds[0]?.state === 'refused';
  return isKept && !isForPerson && keepsMoney(order)
    ? [`a cancel was answered as done, and the money of the order, which is ${row.status}, is kept`]
    : [];
}

/**
 * A closed order that nobody has paid was asked about once more when its channel had stopped to notify of what was paid
 * before (G4). `notifiesForMs`: for so long it does.
 */
export function judgeLastLook({ row, order, requests }: Evidence, notifiesForMs: number): string[] {
  const { status, closedAt, paidAt, latePaidAt } = row;
  const isUnpaid = (status === 'close' || status === 'cancel') && paidAt === null && latePaidAt === null;
  if (!isUnpaid || closedAt === null || order === null) return [];
  const from = closedAt.getTime() + notifiesForMs;
  const wasAsked = requests.some(({ operation, at }) => operation === 'query' && at.getTime() >= from);
  return wasAsked ? [] : ['closed, and nobody looked again when its channel had stopped to notify'];
}

function judgeRecords({ row, order, records, refunds, outsiders }: Evidence): string[] {
  const wrong: string[] = [];
  const final = records.filter(
    ({ statusBefore, statusAfter, outcome }) =>
      statusBefore !== statusAfter &&
      statusAfter === row.status &&
      outcome !== 'overtaken' &&
      // Known late, and known by the same answer to have gone back.
      (outcome !== 'late' || statusAfter === 'refunded'),
  );
  if (['close', 'cancel', 'refunded'].includes(row.status) && final.length !== 1) {
    wrong.push(`${final.length} records of the change to ${row.status}, not 1`);
  }
  for (const record of records) wrong.push(...judgeRecord(record));
  if (records.some(({ attempt }) => attempt < 1 || attempt > row.closeAttempts)) {
    wrong.push('a record of an attempt that was never begun');
  }
  if (refunds.length > 1) wrong.push(`${refunds.length} refunds of one order`);
  const refunded = (order?.refundedFen ?? 0) > outsiders.refundedFen;
  if (refunded && refunds[0]?.state !== 'done')
    wrong.push('the money went back, and our refund does not say so');
  return wrong;
}

/** It says who asked, and what the channel answered. Every merchant and user of a simulated life is called so. */
function judgeRecord({ trigger, actor, closeType, outcome, answers }: CloseRecord): string[] {
  const wrong: string[] = [];
  const byName = trigger === 'api' || trigger === 'admin';
  if (byName && (closeType === 'close' || closeType === 'cancel') && actor !== ACTOR)
    wrong.push(`a record of a ${closeType} by ${trigger} does not say who asked`);
  if (outcome === 'closed' && closeType === 'close' && (answers ?? []).length === 0)
    wrong.push('a record of a close without an answer of its channel');
  return wrong;
}
