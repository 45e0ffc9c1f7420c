import type { DataSource } from 'typeorm';
import {
  type MerchantNotice,
  MerchantNoticeEntity,
  type NoticeAttempt,
  NoticeAttemptEntity,
} from '../order/notice-entities.ts';
import { inTransaction } from '../platform/database.ts';
import type { Sent } from './send-notice.ts';

export type NoticeStore = ReturnType<typeof createNoticeStore>;

export type NoticeWithAttempts = MerchantNotice & { tries: NoticeAttempt[] };

/** What becomes of a notice after a send. */
export type AfterSend = Pick<MerchantNotice, 'state' | 'nextAt' | 'endedAt'>;

/**
 * The notices that `order/` has written, and the attempts to send them. Every change is one guarded UPDATE. Throws
 * when the database cannot be reached.
 */
export function createNoticeStore(db: DataSource) {
  const notices = db.getRepository(MerchantNoticeEntity);
  const attempts = db.getRepository(NoticeAttemptEntity);
  const named = (reference: string) => [{ orderNo: reference }, { eventId: reference }];

  return {
    /** Notices whose time has come, oldest first, without those for the hosts named. */
    async due(now: Date, limit: number, withoutHosts: string[]): Promise<MerchantNotice[]> {
      const query = notices.createQueryBuilder('n').where('n.next_at <= :now', { now });
      if (withoutHosts.length > 0) query.andWhere('n.host NOT IN (:...withoutHosts)', { withoutHosts });
      return query.orderBy('n.nextAt').limit(limit).getMany();
    },

    /**
     * The right to make the next attempt, until `until`, and its record, before it is made: however many processes
     * see the same notice due, one gets it. False: another has.
     */
    async take(notice: MerchantNotice, lease: { token: string; until: Date }, now: Date): Promise<boolean> {
      return inTransaction(db, async (manager) => {
        const taken = await manager
          .createQueryBuilder()
          .update(MerchantNoticeEntity)
          .set({ attempts: notice.attempts + 1, nextAt: lease.until, leaseToken: lease.token })
          .where('id = :id AND attempts = :attempts AND next_at <= :now', {
            id: notice.id,
            attempts: notice.attempts,
            now,
          })
          .execute();
        if (taken.affected !== 1) return false;
        await manager.insert(NoticeAttemptEntity, {
          noticeId: notice.id,
          attempt: notice.attempts + 1,
          at: now,
          durationMs: null,
          outcome: 'sending',
          httpStatus: null,
          answer: null,
        });
        return true;
      });
    },

    /**
     * What came of the attempt, and what follows from it: both or neither. False: the lease had run out, or somebody
     * had it sent again meanwhile; then only the attempt is recorded.
     */
    async end(
      { id, attempt, token }: { id: string; attempt: number; token: string },
      sent: Sent & { durationMs: number },
      after: AfterSend,
    ): Promise<boolean> {
      return inTransaction(db, async (manager) => {
        const ended = await manager.update(
          MerchantNoticeEntity,
          { id, leaseToken: token },
          { ...after, leaseToken: null },
        );
        await manager.update(NoticeAttemptEntity, { noticeId: id, attempt }, sent);
        return ended.affected === 1;
      });
    },

    /** Makes notices due now, on a fresh schedule, whatever became of them. How many. */
    async resend(reference: string, now: Date): Promise<number> {
      const resent = await notices
        .createQueryBuilder()
        .update()
        .set({
          state: 'pending',
          nextAt: now,
          leaseToken: null,
          endedAt: null,
          attemptsBefore: () => 'attempts',
        })
        .where(named(reference))
        .execute();
      return resent.affected ?? 0;
    },

    /** The notices of an order, or the one with this event id, oldest first, with their attempts. */
    async list(reference: string): Promise<NoticeWithAttempts[]> {
      const found = await notices.find({ where: named(reference), order: { id: 'ASC' } });
      return Promise.all(
        found.map(async (notice) => ({
          ...notice,
          tries: await attempts.find({ where: { noticeId: notice.id }, order: { attempt: 'ASC' } }),
        })),
      );
    },
  };
}
