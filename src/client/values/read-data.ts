import { protocolError } from '../errors.ts';
import type { Generation } from '../generations/generation.ts';
import {
  type CreatedOrder,
  type Notice,
  type Order,
  type OrderReference,
  type OrderStatus,
  orderStatuses,
  type SyncStatus,
} from '../vocabulary.ts';
import type { ReceivedObject } from './json.ts';

/** The results of a sync in 2.x. A refund may be partial. */
const syncStatuses: Readonly<Record<string, SyncStatus>> = {
  pay_fail: 'fail',
  pay_success: 'success',
  pay_progress: 'progress',
  pay_closed: 'close',
  pay_refund: 'refunded',
  pay_not_found: 'not_found',
  pay_not_found_unknown: 'not_found_unknown',
  pay_timeout: 'timeout',
};

/**
 * Throws a protocol error if the answer is about another order. Missing numbers are not compared: a close has none, and 2.0.5
 * does not repeat the merchant's number.
 */
export function assertAbout(data: ReceivedObject, requested: OrderReference): void {
  const biz = bizNumber(data);
  const system = text(data, 'orderNo') ?? text(data, 'paymentId');
  const isOther =
    (requested.bizOrderNo !== undefined && biz !== null && biz !== requested.bizOrderNo) ||
    (requested.orderNo !== undefined && system !== null && !mayMatch(requested.orderNo, system));
  if (isOther) throw protocolError('the answer is about another order');
}

/** Digits may be the id of an order whose number has letters; 2.0.5 also answers with digits. */
function mayMatch(requested: string, answered: string): boolean {
  return requested === answered || (isDigits(requested) && !isDigits(answered));
}

function isDigits(number: string): boolean {
  return /^\d+$/.test(number);
}

export function readCreated(data: ReceivedObject, bizOrderNo: string): CreatedOrder {
  return {
    orderNo: systemNumber(data),
    bizOrderNo,
    status: statusOf(data.status),
    payBody: text(data, 'payBody'),
  };
}

/** Throws a protocol error if a required member is missing, or a member is invalid. */
export function readOrder(data: ReceivedObject, generation: Generation): Order {
  const amountFen = amount(data, 'amount', generation);
  if (amountFen === null) throw protocolError('the answer has no amount');
  return {
    orderNo: systemNumber(data),
    bizOrderNo: bizNumber(data),
    outOrderNo: text(data, 'outOrderNo'),
    title: text(data, 'title'),
    description: text(data, 'description'),
    channel: text(data, 'channel') ?? text(data, 'asyncChannel'),
    method: text(data, 'method'),
    amountFen,
    refundableFen: amount(data, 'refundableBalance', generation),
    status: statusOf(data.status),
    paidAt: time(data, 'payTime', generation),
    expiresAt: time(data, 'expiredTime', generation),
    closedAt: time(data, 'closeTime', generation),
    errorMsg: text(data, 'errorMsg'),
  };
}

export function readNotice(data: ReceivedObject, resTime: Date | null, generation: Generation): Notice {
  return { ...readOrder(data, generation), attach: text(data, 'attach'), sentAt: resTime };
}

/** 2.0.5 calls it `gatewayStatus`. Throws a protocol error for an unknown status. */
export function readSync(data: ReceivedObject): { status: SyncStatus } {
  const status = text(data, 'status') ?? text(data, 'gatewayStatus') ?? text(data, 'orderStatus');
  const known = status !== null && Object.hasOwn(syncStatuses, status) ? syncStatuses[status] : undefined;
  return { status: known ?? statusOf(status) };
}

export function time(data: ReceivedObject, name: string, { readTime }: Generation): Date | null {
  return member(data, name, readTime);
}

function amount(data: ReceivedObject, name: string, { readAmount }: Generation): number | null {
  return member(data, name, readAmount);
}

function member<T>(data: ReceivedObject, name: string, read: (text: string) => T | null): T | null {
  const given = text(data, name);
  if (given === null) return null;
  const value = read(given);
  if (value === null) throw protocolError(`${name} is invalid`);
  return value;
}

function systemNumber(data: ReceivedObject): string {
  const number = text(data, 'orderNo') ?? text(data, 'paymentId');
  if (number === null) throw protocolError('the answer has no order number');
  return number;
}

function bizNumber(data: ReceivedObject): string | null {
  return text(data, 'bizOrderNo') ?? text(data, 'businessNo') ?? text(data, 'bizTradeNo');
}

function statusOf(value: unknown): OrderStatus {
  const status = orderStatuses.find((each) => each === value);
  if (status === undefined) throw protocolError('the answer has no known status');
  return status;
}

/** Null if it is missing or empty. Throws a protocol error unless it is a string or a number. */
function text(data: ReceivedObject, name: string): string | null {
  const value = data[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw protocolError(`${name} is invalid`);
  return value;
}
