import type { DataSource } from 'typeorm';
import type { PaymentOrder } from '../../../../src/order/order.ts';
import {
  type MerchantNotice,
  MerchantNoticeEntity,
  type NoticeAttempt,
  NoticeAttemptEntity,
} from '../../../../src/order/outbox/notice-entities.ts';
import {
  type ChannelNotification,
  ChannelNotificationEntity,
  type CloseRecord,
  CloseRecordEntity,
  PaymentOrderEntity,
  type Refund,
  RefundEntity,
  type Violation,
  ViolationEntity,
} from '../../../../src/order/store/entities.ts';
import type { LogEntry } from '../../../../src/sandbox/simulator/exchange/journal.ts';
import type { Delivery } from '../../../../src/sandbox/simulator/notify/notifier.ts';
import type { OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';
import type { DeliveredNotice } from '../merchant.ts';
import type { Life } from '../process/live.ts';
import type { Interruption, Scene } from '../scene.ts';
import type { Observer, Seen } from './observer.ts';

/** All that both sides know of one order. */
export interface Evidence {
  life: Life;
  /** Ours; null where the order was never made. */
  row: PaymentOrder | null;
  records: CloseRecord[];
  refunds: Refund[];
  notices: MerchantNotice[];
  /** The attempts to send them. */
  tries: NoticeAttempt[];
  notifications: ChannelNotification[];
  violations: Violation[];
  /** The gateway's. */
  order: OrderSnapshot | null;
  requests: LogEntry[];
  deliveries: Delivery[];
  /** The merchant's. */
  delivered: DeliveredNotice[];
  /** What was seen of its row while the storm blew; null: nothing. */
  seen: Seen | null;
  /** What may have broken off an attempt or cost its lease. */
  interruptions: readonly Interruption[];
  /** How many attempts had begun when the faults ended. */
  attemptsBefore: number;
}

export async function gatherEvidence(
  scene: Scene,
  db: DataSource,
  lives: Life[],
  { observer, attempts }: { observer: Observer; attempts: ReadonlyMap<string, number> },
): Promise<Evidence[]> {
  const order = { id: 'ASC' } as const;
  const rows = await db.getRepository(PaymentOrderEntity).find();
  const records = await db.getRepository(CloseRecordEntity).find({ order });
  const refunds = await db.getRepository(RefundEntity).find({ order });
  const notices = await db.getRepository(MerchantNoticeEntity).find({ order });
  const tries = await db.getRepository(NoticeAttemptEntity).find({ order });
  const notifications = await db.getRepository(ChannelNotificationEntity).find({ order });
  const violations = await db.getRepository(ViolationEntity).find({ order });
  const { control } = scene.simulator;
  const log = control.log();
  const deliveries = control.notifications.deliveries();
  return lives.map((life) => {
    const { bizOrderNo, amountFen, index } = life.plan;
    const row = rows.find((each) => each.bizOrderNo === bizOrderNo) ?? null;
    const atChannel = control.orders().find((each) => each.amountFen === amountFen) ?? null;
    const orderNo = row?.orderNo ?? atChannel?.orderNo ?? null;
    const isOurs = (each: { orderNo: string | null }) => orderNo !== null && each.orderNo === orderNo;
    const ourNotices = notices.filter(isOurs);
    const noticeIds = new Set(ourNotices.map(({ id }) => id));
    return {
      life,
      row,
      records: records.filter(isOurs),
      refunds: refunds.filter(isOurs),
      notices: ourNotices,
      tries: tries.filter(({ noticeId }) => noticeIds.has(noticeId)),
      notifications: notifications.filter(isOurs),
      violations: violations.filter(isOurs),
      order: atChannel,
      requests: log.filter(isOurs),
      deliveries: deliveries.filter(isOurs),
      seen: orderNo === null ? null : observer.of(orderNo),
      interruptions: scene.interruptions,
      attemptsBefore: (orderNo === null ? null : attempts.get(orderNo)) ?? 0,
      delivered: scene.merchant.delivered.filter((each) => each.index === index),
    };
  });
}
