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

/** How 2.x says what a sync found. A refund may be of a part. */
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
 * Throws a protocol error for an order that is not the one asked for. What an answer does not carry is not compared:
 * a close has no numbers, and 2.0.5 does not repeat the merchant's number.
 */
export function assertAbout(data: ReceivedObject, asked: OrderReference): void {
  const biz = bizNumber(data);
  const own = text(data, 'orderNo') ?? text(data, 'paymentId');
  const isAnother =
    (asked.bizOrderNo !== undefined && biz !== null && biz !== asked.bizOrderNo) ||
    (asked.orderNo !== undefined && own !== null && !mayName(asked.orderNo, own));
  if (isAnother) throw protocolError('the answer is about another order');
}

/** Digits may be our id of an order, whose number has letters; 2.0.5 answers with digits again. */
function mayName(asked: string, answered: string): boolean {
  return asked === answered || (isDigits(asked) && !isDigits(answered));
}

function isDigits(number: string): boolean {
  return /^\d+$/.test(number);
}

export function readCreated(data: ReceivedObject, bizOrderNo: string): CreatedOrder {
  return {
    orderNo: ownNumber(data),
    bizOrderNo,
    status: statusOf(data.status),
    payBody: text(data, 'payBody'),
  };
}

/** Throws a protocol error if a member that every order has is missing, or one makes no sense. */
export function readOrder(data: ReceivedObject, generation: Generation): Order {
  const amountFen = amount(data, 'amount', generation);
  if (amountFen === null) throw protocolError('the answer has no amount');
  return {
    orderNo: ownNumber(data),
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

/** 2.0.5 calls it `gatewayStatus`. Throws a protocol error for a status that is not known. */
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
  if (value === null) throw protocolError(`${name} makes no sense`);
  return value;
}

function ownNumber(data: ReceivedObject): string {
  const number = text(data, 'orderNo') ?? text(data, 'paymentId');
  if (number === null) throw protocolError('the answer has no order number');
  return number;
}

function bizNumber(data: ReceivedObject): string | null {
  return text(data, 'bizOrderNo') ?? text(data, 'businessNo') ?? text(data, 'bizTradeNo');
}

function statusOf(value: unknown): OrderStatus {
  const status = orderStatuses.find((each) => each === value);
  if (status === undefined) throw protocolError('the answer has no status that is known');
  return status;
}

/** Null if it is missing or empty. Throws a protocol error if it is anything but a string or a number. */
function text(data: ReceivedObject, name: string): string | null {
  const value = data[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw protocolError(`${name} makes no sense`);
  return value;
}
