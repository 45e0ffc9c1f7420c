import { EntitySchema } from 'typeorm';
import { MerchantNoticeEntity, NoticeAttemptEntity } from '../outbox/notice-entities.ts';
import {
  ChannelNotificationEntity,
  CloseRecordEntity,
  PaymentOrderEntity,
  RefundEntity,
  ViolationEntity,
} from './entities.ts';

/** The tables with an order's rows. */
export interface OrderTables {
  order: typeof PaymentOrderEntity;
  closeRecord: typeof CloseRecordEntity;
  notification: typeof ChannelNotificationEntity;
  refund: typeof RefundEntity;
  violation: typeof ViolationEntity;
  notice: typeof MerchantNoticeEntity;
  noticeAttempt: typeof NoticeAttemptEntity;
}

export const liveTables: OrderTables = {
  order: PaymentOrderEntity,
  closeRecord: CloseRecordEntity,
  notification: ChannelNotificationEntity,
  refund: RefundEntity,
  violation: ViolationEntity,
  notice: MerchantNoticeEntity,
  noticeAttempt: NoticeAttemptEntity,
};

/** The archive: the same rows of orders that `autoclose archive` has moved. */
export const archiveTables: OrderTables = {
  order: archiveOf(PaymentOrderEntity),
  closeRecord: archiveOf(CloseRecordEntity),
  notification: archiveOf(ChannelNotificationEntity),
  refund: archiveOf(RefundEntity),
  violation: archiveOf(ViolationEntity),
  notice: archiveOf(MerchantNoticeEntity),
  noticeAttempt: archiveOf(NoticeAttemptEntity),
};

/** All tables that the order store needs: a connection for it is opened with these. */
export const entities = [...Object.values(liveTables), ...Object.values(archiveTables)];

function archiveOf<Row>({ options }: EntitySchema<Row>): EntitySchema<Row> {
  return new EntitySchema({
    ...options,
    name: `${options.name}Archive`,
    tableName: `${options.tableName}_archive`,
  });
}
