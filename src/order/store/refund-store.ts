import { type DataSource, Not } from 'typeorm';
import { isDuplicate } from '../../platform/mysql/database.ts';
import { type Refund, RefundEntity } from './entities.ts';

export type RefundStore = ReturnType<typeof createRefundStore>;

/** The refunds (退款), one per order. Throws if the database is unreachable. */
export function createRefundStore(db: DataSource) {
  const refunds = db.getRepository(RefundEntity);
  return {
    /**
     * Returns the order's refund, inserting it if there is none. Call it before the channel is asked to refund. `isNew`:
     * the channel cannot know it yet.
     */
    async ensure(
      refund: Omit<Refund, 'id' | 'state' | 'answer' | 'endedAt'>,
    ): Promise<{ refund: Refund; isNew: boolean }> {
      let isNew = true;
      try {
        await refunds.insert({ ...refund, state: 'pending', answer: null, endedAt: null });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        isNew = false;
      }
      return { refund: await refunds.findOneByOrFail({ refundNo: refund.refundNo }), isNew };
    },

    /** Records the channel's answer. A refund that is done stays done; a refused one may be requested again. */
    async end(refundNo: string, state: 'done' | 'refused', answer: string, endedAt: Date): Promise<void> {
      await refunds.update({ refundNo, state: Not('done') }, { state, answer, endedAt });
    },
  };
}
