import { defineEntity } from '../../platform/mysql/define-entity.ts';
import type { OrderStatus } from '../order.ts';

/** A merchant notice: the webhook about one change of an order (商户通知). */
export interface MerchantNotice {
  id: string;
  /** The same for every delivery attempt, so that the merchant can recognize a repetition. */
  eventId: string;
  orderId: string;
  orderNo: string;
  /** The order's new status. */
  event: OrderStatus;
  url: string;
  /** The URL's host, without port and final dot. Each host has its own share of the sends. */
  host: string;
  /** The order right after the change, as JSON, see `readSnapshot`. */
  snapshot: string;
  /** `given_up`: the schedule has run out. */
  state: 'pending' | 'delivered' | 'given_up';
  /** Delivery attempts so far. */
  attempts: number;
  /** Attempts before the current schedule, which starts anew with each manual resend. */
  attemptsBefore: number;
  /**
   * When to send next; null: never. During an attempt, this is the time of the next one: if the sender dies, another
   * process takes over.
   */
  nextAt: Date | null;
  /** Held by the sender during an attempt. */
  leaseToken: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

export const MerchantNoticeEntity = defineEntity<MerchantNotice>({
  name: 'MerchantNotice',
  tableName: 'merchant_notice',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    eventId: { type: 'char', length: 36, name: 'event_id' },
    orderId: { type: 'bigint', name: 'order_id' },
    orderNo: { type: 'varchar', length: 32, name: 'order_no' },
    event: { type: 'varchar', length: 20 },
    url: { type: 'varchar', length: 500 },
    host: { type: 'varchar', length: 255 },
    snapshot: { type: 'mediumtext' },
    state: { type: 'varchar', length: 10 },
    attempts: { type: 'int' },
    attemptsBefore: { type: 'int', name: 'attempts_before' },
    nextAt: { type: 'datetime', precision: 3, name: 'next_at', nullable: true },
    leaseToken: { type: 'char', length: 36, name: 'lease_token', nullable: true },
    createdAt: { type: 'datetime', precision: 3, name: 'created_at' },
    endedAt: { type: 'datetime', precision: 3, name: 'ended_at', nullable: true },
  },
});

/** One delivery attempt, recorded before it is made. */
export interface NoticeAttempt {
  id: string;
  noticeId: string;
  /** From 1. */
  attempt: number;
  at: Date;
  /** Null: not finished, or the sender died. */
  durationMs: number | null;
  /** The result; `sending` until it is known, `interrupted` if it never will be. */
  outcome: string;
  httpStatus: number | null;
  /** The start of the merchant's answer, or why there is none. */
  answer: string | null;
}

export const NoticeAttemptEntity = defineEntity<NoticeAttempt>({
  name: 'NoticeAttempt',
  tableName: 'notice_attempt',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    noticeId: { type: 'bigint', name: 'notice_id' },
    attempt: { type: 'int' },
    at: { type: 'datetime', precision: 3 },
    durationMs: { type: 'int', name: 'duration_ms', nullable: true },
    outcome: { type: 'varchar', length: 20 },
    httpStatus: { type: 'int', name: 'http_status', nullable: true },
    answer: { type: 'varchar', length: 200, nullable: true },
  },
});
