import type { ValueTransformer } from 'typeorm';
import type { ChannelName } from '../../channel/channel.ts';
import { defineEntity } from '../../platform/mysql/define-entity.ts';
import type { Answers } from '../answers.ts';
import { lateDecisions } from '../late-payment.ts';
import { type PaymentOrder, pendingReasons, type ViolationKind } from '../order.ts';
import type { CloseTrigger } from '../outcomes.ts';

/**
 * BIGINT arrives as digits, and money must be an exact integer. Any other value becomes NaN, which equals no payment: lists
 * still show its order, but the order is never sent to a channel (`asChannelOrder`) and becomes stuck.
 */
const fen: ValueTransformer = {
  to: (value: number) => value,
  from: (value: string | number) => {
    const amount = Number(value);
    return Number.isSafeInteger(amount) ? amount : Number.NaN;
  },
};
const flag: ValueTransformer = { to: (value: boolean) => value, from: (value: unknown) => Boolean(value) };

const moment = (name: string) => ({ type: 'datetime', precision: 3, name, nullable: true }) as const;
const text = (name: string, length: number) => ({ type: 'varchar', length, name, nullable: true }) as const;

export const PaymentOrderEntity = defineEntity<PaymentOrder>({
  name: 'PaymentOrder',
  tableName: 'payment_order',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    orderNo: { type: 'varchar', length: 32, name: 'order_no' },
    bizOrderNo: { type: 'varchar', length: 100, name: 'biz_order_no' },
    channel: { type: 'varchar', length: 20 },
    channelAccount: { type: 'varchar', length: 80, name: 'channel_account' },
    method: { type: 'varchar', length: 20 },
    title: { type: 'varchar', length: 100 },
    description: text('description', 500),
    amountFen: { type: 'bigint', name: 'amount_fen', transformer: fen },
    status: { type: 'varchar', length: 20 },
    attach: text('attach', 500),
    notifyUrl: text('notify_url', 500),
    returnUrl: text('return_url', 500),
    notNotify: { type: 'tinyint', name: 'not_notify', transformer: flag },
    clientIp: text('client_ip', 64),
    apiGeneration: text('api_generation', 8),
    traceId: { type: 'char', length: 32, name: 'trace_id', nullable: true },
    payBody: { type: 'text', name: 'pay_body', nullable: true },
    channelTradeNo: text('channel_trade_no', 64),
    errorMsg: text('error_msg', 300),
    createdAt: moment('created_at'),
    createAttemptedAt: moment('create_attempted_at'),
    expiresAt: moment('expires_at'),
    paidAt: moment('paid_at'),
    closedAt: moment('closed_at'),
    latePaidAt: moment('late_paid_at'),
    lateHandledAt: moment('late_handled_at'),
    watchUntil: moment('watch_until'),
    ending: { type: 'varchar', length: 10 },
    nextCloseAt: moment('next_close_at'),
    closeAttempts: { type: 'int', name: 'close_attempts' },
    retryReason: text('retry_reason', 20),
    retryCount: { type: 'int', name: 'retry_count' },
    stuckAt: moment('stuck_at'),
    leaseToken: text('lease_token', 36),
    leaseUntil: moment('lease_until'),
  },
});

export const closeTypes = ['close', 'cancel', 'sync', 'watch', 'refund', 'late'] as const;

/** The result of an attempt, or why it is still pending. */
export const attemptOutcomes = [
  'closed',
  'paid',
  'cancelled',
  'refunded',
  'refused',
  'late',
  'payable',
  'overtaken',
  ...lateDecisions,
  ...pendingReasons,
] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One attempt to close or cancel an order, with its result (关闭记录). */
export interface CloseRecord {
  id: string;
  orderId: string;
  orderNo: string;
  bizOrderNo: string;
  channel: ChannelName;
  closeType: (typeof closeTypes)[number];
  trigger: CloseTrigger['kind'];
  attempt: number;
  outcome: AttemptOutcome;
  /** Null in records from before migration 11, which use the next three columns instead; read with `answersIn`. */
  answers: Answers | null;
  queryBefore: string | null;
  closeAnswer: string | null;
  queryAfter: string | null;
  statusBefore: string;
  statusAfter: string;
  actor: string | null;
  clientIp: string | null;
  /** A remark for people, such as numbers that contradict each other. */
  note: string | null;
  createdAt: Date;
}

export const CloseRecordEntity = defineEntity<CloseRecord>({
  name: 'CloseRecord',
  tableName: 'close_record',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    orderId: { type: 'bigint', name: 'order_id' },
    orderNo: { type: 'varchar', length: 32, name: 'order_no' },
    bizOrderNo: { type: 'varchar', length: 100, name: 'biz_order_no' },
    channel: { type: 'varchar', length: 20 },
    closeType: { type: 'varchar', length: 10, name: 'close_type' },
    trigger: { type: 'varchar', length: 10, name: 'trigger_kind' },
    attempt: { type: 'int' },
    outcome: { type: 'varchar', length: 20 },
    answers: { type: 'json', nullable: true },
    queryBefore: text('query_before', 200),
    closeAnswer: text('close_answer', 200),
    queryAfter: text('query_after', 200),
    statusBefore: { type: 'varchar', length: 20, name: 'status_before' },
    statusAfter: { type: 'varchar', length: 20, name: 'status_after' },
    actor: text('actor', 100),
    clientIp: text('client_ip', 64),
    note: text('note', 200),
    createdAt: { type: 'datetime', precision: 3, name: 'created_at' },
  },
});

/** A verified notification from a channel (支付结果通知), stored before it is acknowledged. */
export interface ChannelNotification {
  id: string;
  channel: ChannelName;
  eventId: string;
  orderNo: string | null;
  /** recorded | repeated | late | mismatch | unstorable | unknown_order | doubtful | paid_twice | ignored */
  outcome: string;
  /** The verified content in plain text. It contains personal data: never log it. */
  body: string;
  receivedAt: Date;
}

export const ChannelNotificationEntity = defineEntity<ChannelNotification>({
  name: 'ChannelNotification',
  tableName: 'channel_notification',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    channel: { type: 'varchar', length: 20 },
    eventId: { type: 'varchar', length: 128, name: 'event_id' },
    orderNo: text('order_no', 64),
    outcome: { type: 'varchar', length: 20 },
    body: { type: 'mediumtext' },
    receivedAt: { type: 'datetime', precision: 3, name: 'received_at' },
  },
});

/** A refund (退款). Its number is derived from the order, so an order never has two. */
export interface Refund {
  id: string;
  refundNo: string;
  orderId: string;
  orderNo: string;
  channel: ChannelName;
  amountFen: number;
  reason: 'cancel' | 'late';
  /** `pending` until the channel confirms it; `refused`: a person must return the money. */
  state: 'pending' | 'done' | 'refused';
  /** The channel's last answer. */
  answer: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

export const RefundEntity = defineEntity<Refund>({
  name: 'Refund',
  tableName: 'refund',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    refundNo: { type: 'varchar', length: 40, name: 'refund_no' },
    orderId: { type: 'bigint', name: 'order_id' },
    orderNo: { type: 'varchar', length: 32, name: 'order_no' },
    channel: { type: 'varchar', length: 20 },
    amountFen: { type: 'bigint', name: 'amount_fen', transformer: fen },
    reason: { type: 'varchar', length: 10 },
    state: { type: 'varchar', length: 10 },
    answer: text('answer', 200),
    createdAt: { type: 'datetime', precision: 3, name: 'created_at' },
    endedAt: moment('ended_at'),
  },
});

/** A broken guarantee, recorded once per order and kind. */
export interface Violation {
  id: string;
  orderId: string;
  orderNo: string;
  channel: ChannelName;
  kind: ViolationKind;
  foundAt: Date;
}

export const ViolationEntity = defineEntity<Violation>({
  name: 'Violation',
  tableName: 'violation',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    orderId: { type: 'bigint', name: 'order_id' },
    orderNo: { type: 'varchar', length: 32, name: 'order_no' },
    channel: { type: 'varchar', length: 20 },
    kind: { type: 'varchar', length: 10 },
    foundAt: { type: 'datetime', precision: 3, name: 'found_at' },
  },
});
