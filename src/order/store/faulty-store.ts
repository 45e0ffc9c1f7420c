import type { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/mysql/database.ts';
import { where } from '../lifecycle.ts';
import type { CloseTrigger } from '../outcomes.ts';
import { CloseRecordEntity } from './entities.ts';

interface FaultyRow {
  id: string;
  bizOrderNo: string;
  channel: string;
  status: string;
  closeType: 'close' | 'cancel' | 'watch' | 'refund';
  attempt: number;
  retryCount: number;
  isStuck: number | string;
}

/** Orders whose data cannot be stored or read. Part of the order store; reads only columns that are always readable. */
export function createFaultyStore(db: DataSource) {
  return {
    /**
     * Postpones an order whose data is faulty, marks it as stuck, and writes a record. `whereIdle`: also an unpaid order
     * that has nothing left to do; its channel is queried once more. Null: there is nothing to postpone.
     */
    async postponeFaulty(
      orderNo: string,
      { trigger, answer, now, whereIdle }: Fault,
      waitMs: (count: number) => number,
    ): Promise<{ at: Date; wasStuck: boolean } | null> {
      const guard = whereIdle
        ? `(next_close_at IS NOT NULL OR ${where.unpaid})`
        : 'next_close_at IS NOT NULL';
      return inTransaction(db, async (manager) => {
        const [row]: FaultyRow[] = await manager.query(
          `SELECT id, biz_order_no AS bizOrderNo, channel, status, close_attempts AS attempt,
                  retry_count AS retryCount, stuck_at IS NOT NULL AS isStuck,
                  CASE WHEN status = 'refunding' THEN 'refund'
                       WHEN status IN ('close', 'cancel') THEN 'watch'
                       WHEN status = 'success' OR ending = 'cancel' THEN 'cancel'
                       ELSE 'close' END AS closeType
           FROM payment_order WHERE order_no = ? AND ${guard} FOR UPDATE`,
          [orderNo],
        );
        if (row === undefined) return null;
        const retryCount = row.retryCount + 1;
        const at = new Date(now.getTime() + waitMs(retryCount));
        await manager.query(
          `UPDATE payment_order SET next_close_at = ?, retry_reason = 'faulty_data', retry_count = ?,
                                    stuck_at = COALESCE(stuck_at, ?) WHERE id = ?`,
          [at, retryCount, now, row.id],
        );
        await manager.insert(CloseRecordEntity, {
          orderId: row.id,
          orderNo,
          bizOrderNo: row.bizOrderNo,
          channel: row.channel as never,
          closeType: row.closeType,
          trigger: trigger.kind,
          attempt: row.attempt,
          outcome: 'faulty_data',
          answers: [{ call: 'none', answer }],
          statusBefore: row.status,
          statusAfter: row.status,
          actor: trigger.actor?.slice(0, 100) ?? null,
          clientIp: trigger.clientIp,
          createdAt: now,
        });
        return { at, wasStuck: Number(row.isStuck) === 1 };
      });
    },
  };
}

export interface Fault {
  trigger: CloseTrigger;
  answer: string;
  now: Date;
  whereIdle: boolean;
}
