import { EntitySchema } from 'typeorm';

export interface ObviousOrder {
  id: string;
  orderNo: string;
  status: string;
  amount: number;
  expiresAt: Date;
  closedAt: Date | null;
}

export const ObviousOrderEntity = new EntitySchema<ObviousOrder>({
  name: 'ObviousOrder',
  tableName: 'obvious_order',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    orderNo: { type: 'varchar', length: 32, name: 'order_no', unique: true },
    status: { type: 'varchar', length: 20 },
    amount: { type: 'int' },
    expiresAt: { type: 'datetime', precision: 3, name: 'expires_at' },
    closedAt: { type: 'datetime', precision: 3, name: 'closed_at', nullable: true },
  },
});

export interface ObviousRecord {
  id: string;
  orderId: string;
  orderNo: string;
  closeType: string;
  result: string;
  createdAt: Date;
}

export const ObviousRecordEntity = new EntitySchema<ObviousRecord>({
  name: 'ObviousRecord',
  tableName: 'obvious_close_record',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    orderId: { type: 'bigint', name: 'order_id' },
    orderNo: { type: 'varchar', length: 32, name: 'order_no' },
    closeType: { type: 'varchar', length: 20, name: 'close_type' },
    result: { type: 'varchar', length: 200 },
    createdAt: { type: 'datetime', precision: 3, name: 'created_at' },
  },
});

export const QUEUE = 'obvious-close';
