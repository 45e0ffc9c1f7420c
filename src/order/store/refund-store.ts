import { type DataSource, Not } from 'typeorm';
import { isDuplicate } from '../../platform/mysql/database.ts';
import { type Refund, RefundEntity } from './entities.ts';

export type RefundStore = ReturnType<typeof createRefundStore>;

/** The refunds (退款) that orders make: one an order. Throws when the database cannot be reached. */
export function createRefundStore(db: DataSource) {
  const refunds = db.getRepository(RefundEntity);
  return {
    /**
     * The order's refund, noted before the channel is asked for it: one per order, however often it is asked for.
     * `isNew`: the channel cannot know of it yet.
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

    /** What the channel said. One that is done stays done; one that was refused may be asked for again. */
    async end(refundNo: string, state: 'done' | 'refused', answer: string, endedAt: Date): Promise<void> {
      await refunds.update({ refundNo, state: Not('done') }, { state, answer, endedAt });
    },
  };
}
