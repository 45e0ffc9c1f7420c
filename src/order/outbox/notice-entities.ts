import { EntitySchema } from 'typeorm';
import type { OrderStatus } from '../order.ts';

/** What the merchant is told of one change of an order (商户通知). */
export interface MerchantNotice {
  id: string;
  /** The same however often it is sent: by this the merchant knows it again. */
  eventId: string;
  orderId: string;
  orderNo: string;
  /** What the order has become. */
  event: OrderStatus;
  url: string;
  /** Of the URL, without port and final dot; hosts are sent to side by side. */
  host: string;
  /** The order right after the change, as JSON; see `readSnapshot`. */
  snapshot: string;
  /** `given_up`: the schedule has run out. */
  state: 'pending' | 'delivered' | 'given_up';
  /** Sends begun so far. */
  attempts: number;
  /** Sends before the present schedule began: those before the last resend by hand. */
  attemptsBefore: number;
  /**
   * When to send next; null when there is nothing to send. While it is being sent this is when it would be sent
   * again if that failed: a sender that died is followed by another by itself.
   */
  nextAt: Date | null;
  /** Who is sending it. */
  leaseToken: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

export const MerchantNoticeEntity = new EntitySchema<MerchantNotice>({
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

/** One attempt to tell the merchant, noted before it is made. */
export interface NoticeAttempt {
  id: string;
  noticeId: string;
  /** From 1. */
  attempt: number;
  at: Date;
  /** Null: not ended, or its sender died. */
  durationMs: number | null;
  /** What came of it; `sending` until that is known, `interrupted` when nobody will. */
  outcome: string;
  httpStatus: number | null;
  /** The beginning of the merchant's answer, or why there is none. */
  answer: string | null;
}

export const NoticeAttemptEntity = new EntitySchema<NoticeAttempt>({
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
