import type { DataSource } from 'typeorm';
import { batched } from '../../platform/batched.ts';
import { inTransaction, statementBatch } from '../../platform/mysql/database.ts';
import { leaseFree, where } from '../lifecycle.ts';
import type { Ending, PaymentOrder, PendingReason } from '../order.ts';
import {
  type AttemptEnd,
  type Ended,
  endAttempts,
  type LeaseRequest,
  takeLeases,
} from './attempt-batches.ts';
import { PaymentOrderEntity } from './entities.ts';
import { type Change, change, type NewCloseRecord, noLease, type RowValues } from './guarded-change.ts';

/** Leases, requests and the results of attempts. Part of the order store. */
export function createAttemptStore(db: DataSource) {
  const orders = db.getRepository(PaymentOrderEntity);

  const leaseInBatch = batched(
    (requests: readonly LeaseRequest[]) => inTransaction(db, (manager) => takeLeases(manager, requests)),
    { ...statementBatch, keyOf: ({ order }) => order.id },
  );
  const endInBatch = batched(
    (ends: readonly AttemptEnd[]) => inTransaction(db, (manager) => endAttempts(manager, ends, 'skip')),
    { ...statementBatch, keyOf: ({ leased }) => leased.id },
  );

  /** Together with others, unless its row is locked: then alone, so that the others do not wait for it. */
  async function finishAttempt(end: AttemptEnd): Promise<Ended> {
    const ended = await endInBatch(end);
    if (ended !== null) return ended;
    const [alone = null] = await inTransaction(db, (manager) => endAttempts(manager, [end], 'wait'));
    if (alone === null) throw new Error('no such order');
    return alone;
  }

  return {
    /**
     * Takes the order's lease (租约): one operation at a time per order (G7). `set` is written with it, so that it
     * survives a crash of the operation. Null: the order ended meanwhile, or another operation holds the lease.
     */
    async takeLease(
      order: PaymentOrder,
      lease: { token: string; until: Date; set: Change },
      now: Date,
    ): Promise<PaymentOrder | null> {
      if (Object.keys(lease.set).length === 0) {
        const leased = await leaseInBatch({ order, token: lease.token, until: lease.until, now });
        if (leased !== 'locked') return leased;
      }
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
     * Renews the leases that a process still holds, in one transaction, and returns the new expiry of each by its token.
     * Skips locked rows, so that they do not delay the others; the next heartbeat tries them again. An expired lease is
     * never renewed.
     */
    async renewLeases(
      leases: { id: string; token: string }[],
      until: Date,
      now: Date,
    ): Promise<Map<string, Date>> {
      const parameters = {
        // As numbers: MySQL does not use a BIGINT's index for a list of strings.
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

    /** Releases the lease if this operation still holds it. */
    async releaseLease({ id, leaseToken }: PaymentOrder): Promise<void> {
      await change(orders.manager, noLease, 'id = :id AND lease_token = :leaseToken', { id, leaseToken });
    },

    /**
     * Records a close or cancel request while another operation holds the lease. Due when the lease expires, or now. A
     * cancel overrides a close. False: the order has ended, or the same is requested already.
     */
    async recordRequest(id: string, ending: 'close' | 'cancel', now: Date): Promise<boolean> {
      const guard = ending === 'cancel' ? where.notCancelling : where.untouched;
      const set = { ending, nextCloseAt: () => 'COALESCE(lease_until, :now)' };
      return (await change(orders.manager, set, `id = :id AND ${guard}`, { id, now })) === 1;
    },

    /**
     * Records a close or cancel request for another process. Due now, or when the current lease expires; never postponed.
     * Changes nothing else. False: the order has ended.
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
     * Records that a close which may refund a payment is about to be sent. False: it must not be sent, because the order
     * is paid or the lease is lost.
     */
    async beginReverse({ id, leaseToken }: PaymentOrder): Promise<boolean> {
      const set = { ending: () => "IF(ending = 'cancel', ending, 'reverse')" };
      const guard = `id = :id AND ${where.reversible} AND lease_token = :leaseToken`;
      return (await change(orders.manager, set, guard, { id, leaseToken })) === 1;
    },

    /**
     * Ends an attempt: applies the change, releases the lease and writes the record (G8) in one transaction. Returns the
     * changed order. Null: the order ended meanwhile, the lease was lost, or the order was created at its channel after
     * the channel had been queried; then nothing is changed, and the record says `overtaken`. Keeps a due time that was
     * set meanwhile; a cancel that was requested during a close makes its order cancelled.
     */
    async endAttempt(
      leased: PaymentOrder,
      set: RowValues,
      record: NewCloseRecord,
    ): Promise<PaymentOrder | null> {
      const { nextCloseAt = null, status, ...others } = set;
      const { done, row } = await finishAttempt({
        leased,
        record,
        set: (row) => ({
          stuckAt: null,
          ...others,
          ...(status !== undefined && {
            status: status === 'close' && row.ending === 'cancel' ? 'cancel' : status,
          }),
          // Another query may have been requested meanwhile. A refunded order needs none.
          nextCloseAt: status === 'refunded' ? nextCloseAt : unlessMoved(leased, row, nextCloseAt),
        }),
      });
      return done ? row : null;
    },

    /** Ends an undecided attempt, like `endAttempt`. Keeps a due time or a request that was recorded meanwhile. */
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
      const { done } = await finishAttempt({
        leased,
        record,
        set: (row) => ({
          nextCloseAt: unlessMoved(leased, row, next.at),
          ending: row.ending === 'expiry' ? next.ending : row.ending,
          retryReason: next.reason,
          retryCount: next.count,
          stuckAt: next.stuckAt,
        }),
      });
      return done;
    },

    /** Postpones an order whose channel or account is not configured here; no attempt was made. */
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

    /** Postpones a due order without an attempt. No effect if the order has changed since it was loaded. */
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

/** The new due time, unless somebody has requested another one since the lease was taken. */
function unlessMoved(leased: PaymentOrder, row: PaymentOrder, next: Date | null): Date | null {
  return row.nextCloseAt?.getTime() === leased.nextCloseAt?.getTime() ? next : row.nextCloseAt;
}
