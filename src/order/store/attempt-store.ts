import type { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/mysql/database.ts';
import { leaseFree, shownStatus, where } from '../lifecycle.ts';
import type { Ending, PaymentOrder, PendingReason } from '../order.ts';
import { enqueueNotice } from '../outbox/enqueue-notice.ts';
import { CloseRecordEntity, PaymentOrderEntity } from './entities.ts';
import { type Change, change, type NewCloseRecord, noLease } from './guarded-change.ts';

/** Attempts to end an order: who may make one, what it must not forget, and what came of it. Part of the order store. */
export function createAttemptStore(db: DataSource) {
  const orders = db.getRepository(PaymentOrderEntity);

  async function finishAttempt(
    leased: PaymentOrder,
    set: Change,
    parameters: Record<string, unknown>,
    record: NewCloseRecord,
    isPostponed: boolean,
  ): Promise<{ done: boolean; now: PaymentOrder | null }> {
    return inTransaction(db, async (manager) => {
      const { id, status, leaseToken: token } = leased;
      const held = 'id = :id AND status = :status AND lease_token = :token';
      const guard = endsOpen(leased, set) ? `${held} AND ${CREATION_UNCHANGED}` : held;
      const { createAttemptedAt } = leased;
      const isUnconfirmed = leased.payBody === null;
      const values = { id, status, token, createAttemptedAt, isUnconfirmed, ...parameters };
      const done = (await change(manager, { ...set, ...noLease }, guard, values)) === 1;
      if (!done) await change(manager, noLease, held, values);
      // An attempt that is merely postponed changes nothing that is shown: the row need not be read.
      const now = done && isPostponed ? null : await manager.findOneByOrFail(PaymentOrderEntity, { id });
      const came = done ? {} : { outcome: 'overtaken' as const };
      const statusAfter = now?.status ?? record.statusAfter;
      await manager.insert(CloseRecordEntity, { ...record, ...came, statusAfter });
      const shown = shownStatus(leased);
      if (done && now !== null && shownStatus(now) !== shown)
        await enqueueNotice(manager, now, shown, record.createdAt);
      return { done, now };
    });
  }

  return {
    /**
     * One operation at a time on one order (G7). Null: it ended meanwhile, or another holds the lease (租约). `set`
     * is what the operation must not forget if it dies.
     */
    async takeLease(
      order: PaymentOrder,
      lease: { token: string; until: Date; set: Change },
      now: Date,
    ): Promise<PaymentOrder | null> {
      const guard = `id = :id AND status = :status AND ${leaseFree}`;
      const taken = await orders
        .createQueryBuilder()
        .update()
        .set({
          ...lease.set,
          leaseToken: lease.token,
          leaseUntil: lease.until,
          closeAttempts: () => 'close_attempts + 1',
        })
        .where(guard, { id: order.id, status: order.status, now })
        .execute();
      if (taken.affected !== 1) return null;
      return orders.findOneBy({ id: order.id, leaseToken: lease.token });
    },

    /**
     * Prolongs the leases of one process, all at once, and only those that it still holds. Answers for each of these, by
     * its token, until when it is held now. A row that somebody has locked is skipped and keeps its time, so that it
     * costs none of the others theirs; the next beat tries it again. A lease that has run out stays so.
     */
    async renewLeases(
      leases: { id: string; token: string }[],
      until: Date,
      now: Date,
    ): Promise<Map<string, Date>> {
      const parameters = {
        // As numbers: compared with text, a BIGINT's index is not used for a list.
        ids: leases.map(({ id }) => Number(id)),
        tokens: leases.map(({ token }) => token),
        now,
      };
      const guard = 'id IN (:...ids) AND lease_token IN (:...tokens) AND lease_until > :now';
      return inTransaction(db, async (manager) => {
        const held = () =>
          manager
            .createQueryBuilder(PaymentOrderEntity, 'o')
            .select(['o.id', 'o.leaseToken', 'o.leaseUntil'])
            .where(guard, parameters);
        const free = await held().setLock('pessimistic_write').setOnLocked('skip_locked').getMany();
        if (free.length > 0) {
          const ids = free.map(({ id }) => Number(id));
          await change(manager, { leaseUntil: until }, guard, { ...parameters, ids });
        }
        const now = await held().getMany();
        return new Map(
          now.flatMap(({ leaseToken, leaseUntil }) =>
            leaseToken === null || leaseUntil === null ? [] : [[leaseToken, leaseUntil] as const],
          ),
        );
      });
    },

    /** Gives the lease back if it is still this one's. */
    async releaseLease({ id, leaseToken }: PaymentOrder): Promise<void> {
      await change(orders.manager, noLease, 'id = :id AND lease_token = :leaseToken', { id, leaseToken });
    },

    /**
     * Notes what somebody asked for while another operation has the lease: due when the lease runs out or earlier.
     * A wish to cancel outweighs one to close. False: it has ended, or that is asked for already.
     */
    async recordRequest(id: string, ending: 'close' | 'cancel', now: Date): Promise<boolean> {
      const guard = ending === 'cancel' ? where.notCancelling : where.untouched;
      const set = { ending, nextCloseAt: () => 'COALESCE(lease_until, :now)' };
      return (await change(orders.manager, set, `id = :id AND ${guard}`, { id, now })) === 1;
    },

    /**
     * Notes what somebody asked for of an order that another process has to do it with: due now or, while an operation
     * has the lease, when that runs out; never later than it was. Nothing else changes. False: it has ended.
     */
    async recordRequestForWorker(id: string, ending: 'close' | 'cancel', now: Date): Promise<boolean> {
      const [to, guard] =
        ending === 'cancel'
          ? ["'cancel'", where.cancellable]
          : ["IF(ending = 'expiry', 'close', ending)", where.open];
      const at = 'IF(lease_until > :now, lease_until, :now)';
      const nextCloseAt = () => `LEAST(COALESCE(next_close_at, ${at}), ${at})`;
      return (
        (await change(orders.manager, { ending: () => to, nextCloseAt }, `id = :id AND ${guard}`, {
          id,
          now,
        })) === 1
      );
    },

    /**
     * Notes that a close which may send money back is about to be asked for. False: somebody has paid or the lease is
     * lost; then it must not be.
     */
    async beginReverse({ id, leaseToken }: PaymentOrder): Promise<boolean> {
      const set = { ending: () => "IF(ending = 'cancel', ending, 'reverse')" };
      const guard = `id = :id AND ${where.reversible} AND lease_token = :leaseToken`;
      return (await change(orders.manager, set, guard, { id, leaseToken })) === 1;
    },

    /**
     * Ends an attempt: the change, the lease's return and the record (G8), together or not at all. The order as it is now.
     * Null: the order ended meanwhile, the lease was lost to another, or the order was created at its channel after that
     * had been asked; then nothing of the change was applied, and only the record is kept, as `overtaken`. A due time that
     * somebody has set meanwhile stands.
     */
    async endAttempt(
      leased: PaymentOrder,
      set: Change,
      record: NewCloseRecord,
    ): Promise<PaymentOrder | null> {
      const { nextCloseAt: next = null, ...others } = set;
      // Somebody may have asked for another look meanwhile. Money that has gone back leaves nothing to look for.
      const isFinal = set.status === 'refunded' || typeof next === 'function';
      const nextCloseAt = isFinal ? next : () => 'IF(next_close_at <=> :was, :next, next_close_at)';
      const parameters = { was: leased.nextCloseAt, next };
      const changes = { stuckAt: null, ...others, nextCloseAt };
      const { done, now } = await finishAttempt(leased, changes, parameters, record, false);
      return done ? now : null;
    },

    /**
     * Ends an attempt that decided nothing, like `endAttempt`. If somebody made the order due or asked for its end
     * meanwhile, that stands.
     */
    async postponeAttempt(
      leased: PaymentOrder,
      next: {
        at: Date;
        ending: Ending;
        reason: PendingReason | null;
        count: number;
        stuckAt: Date | null;
      },
      record: NewCloseRecord,
    ): Promise<boolean> {
      const set = {
        nextCloseAt: () => 'IF(next_close_at <=> :was, :next, next_close_at)',
        ending: () => "IF(ending = 'expiry', :ending, ending)",
        retryReason: next.reason,
        retryCount: next.count,
        stuckAt: next.stuckAt,
      };
      const parameters = { was: leased.nextCloseAt, next: next.at, ending: next.ending };
      return (await finishAttempt(leased, set, parameters, record, true)).done;
    },

    /** Puts off an order whose channel cannot be asked, as we are configured; no attempt was made. */
    async postponeUnconfigured(
      order: PaymentOrder,
      next: { at: Date; ending: Ending; now: Date },
    ): Promise<void> {
      const set: Change = {
        nextCloseAt: next.at,
        ending: () => "IF(ending = 'expiry' OR :ending = 'cancel', :ending, ending)",
        retryReason: 'misconfigured',
        stuckAt: () => 'COALESCE(stuck_at, :now)',
      };
      const guard = `id = :id AND status = :status AND next_close_at <=> :was AND ${leaseFree}`;
      const { id, status, nextCloseAt: was } = order;
      await change(orders.manager, set, guard, { id, status, was, ending: next.ending, now: next.now });
    },

    /** Puts off what is due for an order, of which no attempt was made. Whatever has changed since then stands. */
    async postponeDue(
      { id, status, nextCloseAt: was, watchUntil, leaseToken }: PaymentOrder,
      nextCloseAt: Date,
    ): Promise<void> {
      const guard =
        'id = :id AND status = :status AND next_close_at = :was AND watch_until <=> :watchUntil AND lease_token <=> :leaseToken';
      await change(orders.manager, { nextCloseAt }, guard, { id, status, was, watchUntil, leaseToken });
    },
  };
}

/** What the channel said of an open order ends it only if no creation has taken effect since (G2). */
const CREATION_UNCHANGED = '(pay_body IS NULL) = :isUnconfirmed AND create_attempted_at = :createAttemptedAt';

function endsOpen({ status }: PaymentOrder, set: Change): boolean {
  return status === 'progress' && set.status !== undefined;
}
