import { type DataSource, type EntityManager, LessThanOrEqual } from 'typeorm';
import {
  type MerchantNotice,
  MerchantNoticeEntity,
  type NoticeAttempt,
  NoticeAttemptEntity,
} from '../order/outbox/notice-entities.ts';
import { archiveTables, liveTables, type OrderTables } from '../order/store/tables.ts';
import { inTransaction } from '../platform/mysql/database.ts';
import type { SendResult } from './send-notice.ts';

export type NoticeStore = ReturnType<typeof createNoticeStore>;

export type NoticeWithAttempts = MerchantNotice & { tries: NoticeAttempt[] };

/** The state of a notice after a send. */
export type AfterSend = Pick<MerchantNotice, 'state' | 'nextAt' | 'endedAt'>;

/**
 * The merchant notices that `order/` has enqueued, and their delivery attempts. Every change is one guarded UPDATE. Throws
 * if the database is unreachable.
 */
export function createNoticeStore(db: DataSource) {
  const notices = db.getRepository(MerchantNoticeEntity);
  // ASCII only: MySQL refuses to compare these columns with other text.
  const named = (reference: string) => {
    const number = /^[\x20-\x7e]*$/.test(reference) ? reference : '';
    return [{ orderNo: number }, { eventId: number }];
  };

  return {
    /** Hosts with due notices, most overdue first. With the index `ix_due` this reads one entry per host. */
    async dueHosts(now: Date): Promise<string[]> {
      const found = await notices
        .createQueryBuilder('n')
        .select('n.host', 'host')
        .addSelect('MIN(n.next_at)', 'dueAt')
        // Not `=`: MariaDB would take the state for a constant, drop it from the grouping, and read the whole backlog.
        .where("n.state BETWEEN 'pending' AND 'pending'")
        .groupBy('n.state')
        .addGroupBy('n.host')
        .having('MIN(n.next_at) <= :now', { now })
        .orderBy('dueAt')
        .getRawMany<{ host: string }>();
      return found.map(({ host }) => host);
    },

    /** A host's due notices, oldest first. Skips locked rows, so that they do not delay the others. */
    async due(host: string, now: Date, limit: number): Promise<MerchantNotice[]> {
      return inTransaction(db, (manager) =>
        manager.find(MerchantNoticeEntity, {
          where: { state: 'pending', host, nextAt: LessThanOrEqual(now) },
          order: { nextAt: 'ASC' },
          take: limit,
          lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
        }),
      );
    },

    /**
     * Claims the next attempt until `lease.until` and records it before it is made. Of all processes that see the notice
     * due, one gets it; false: another did. Marks an earlier unfinished attempt as interrupted.
     */
    async claim(notice: MerchantNotice, lease: { token: string; until: Date }, now: Date): Promise<boolean> {
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
        await markInterrupted(manager, notice);
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

    /** Skips the next attempt without a record; the notice is due again at `nextAt`. */
    async skip({ id, attempts }: MerchantNotice, nextAt: Date): Promise<void> {
      await notices.update({ id, attempts }, { attempts: attempts + 1, nextAt, leaseToken: null });
    },

    /** Abandons a notice whose last attempt was interrupted. False: another process did, or it was resent by hand. */
    async giveUp(notice: MerchantNotice, now: Date): Promise<boolean> {
      const { id, attempts, attemptsBefore } = notice;
      return inTransaction(db, async (manager) => {
        const ended = await manager.update(
          MerchantNoticeEntity,
          { id, attempts, attemptsBefore, nextAt: LessThanOrEqual(now) },
          { state: 'given_up', nextAt: null, endedAt: now, leaseToken: null },
        );
        if (ended.affected !== 1) return false;
        await markInterrupted(manager, notice);
        return true;
      });
    },

    /**
     * Records an attempt's result and the notice's new state, in one transaction. False: the lease had expired, or the
     * notice was resent by hand meanwhile; then only the attempt is recorded.
     */
    async end(
      { id, attempt, token }: { id: string; attempt: number; token: string },
      sent: SendResult & { durationMs: number },
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

    /** Makes notices due now, on a fresh schedule, in any state. Returns how many. */
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

    /** The notices of an order, or the one with this event id, oldest first, with their attempts; archived ones too. */
    async list(reference: string): Promise<NoticeWithAttempts[]> {
      const live = await listFrom(liveTables, reference);
      return live.length > 0 ? live : listFrom(archiveTables, reference);
    },
  };

  async function listFrom({ notice, noticeAttempt }: OrderTables, reference: string) {
    const found = await db.getRepository(notice).find({ where: named(reference), order: { id: 'ASC' } });
    const tries = db.getRepository(noticeAttempt);
    return Promise.all(
      found.map(async (each) => ({
        ...each,
        tries: await tries.find({ where: { noticeId: each.id }, order: { attempt: 'ASC' } }),
      })),
    );
  }
}

/** Its sender died, or could not record the result. A sender that is still alive will overwrite this. */
async function markInterrupted(manager: EntityManager, { id, attempts }: MerchantNotice): Promise<void> {
  const unended = { noticeId: id, attempt: attempts, outcome: 'sending' };
  await manager.update(NoticeAttemptEntity, unended, { outcome: 'interrupted' });
}
