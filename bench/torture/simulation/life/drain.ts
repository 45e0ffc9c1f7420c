import { sweepDue } from '../../../../src/order/due/sweep.ts';
import type { PaymentOrder } from '../../../../src/order/order.ts';
import type { Life } from './life.ts';
import { customerMoves } from './moves.ts';

/** An order that has not become idle by then never does. */
const MAX_ROUNDS = 300;
/** Steps of one operation; far above the longest. */
const MAX_STEPS = 2_000;
/** How much of a watch, or of the time in which an order can be paid, is lived through at its end, ms. */
const ASKED_MS = 80_000;
/** Customers who come in the very last minutes. */
const MAX_LATE_CUSTOMERS = 2;

/**
 * Lets the order become idle: faults end, running operations finish, notifications arrive,
 * and time passes to whatever is due next, until nothing is. False: it never became idle.
 */
export async function drain(life: Life): Promise<boolean> {
  const { lane, dice } = life;
  const { clock, processes, timer, simulator, store } = lane;
  life.note('faults end');
  timer.setAway(false);
  const { control } = simulator;
  life.counts.faults += control.faults().reduce((sum, { applied }) => sum + applied, 0);
  control.clearFaults();
  Object.assign(control.settings, {
    balanceNotEnough: false,
    wechatReverseRetries: 0,
    alipayCancelRetries: 0,
  });
  let lateCustomers = 0;
  const attemptsBefore = life.witness.row()?.closeAttempts ?? 0;

  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await finishAll(life);
    const typing = life.snapshot()?.paying === true;
    if (typing || (lateCustomers < MAX_LATE_CUSTOMERS && dice.chance(0.1))) {
      const acts = customerMoves(life);
      if (!typing) lateCustomers += 1;
      if (acts.length > 0) await dice.weigh(acts).run();
      continue;
    }
    const orderNo = lane.orderNo();
    const row = orderNo === null ? null : await store.find(orderNo);
    // The row goes by the database's clock, and a timer by that of the process which looks at it.
    const now = processes.earliest();
    const trueAt = (at: Date) => new Date(clock.now().getTime() + at.getTime() - now.getTime());
    if (row !== null && row.closeAttempts > attemptsBefore && waitsForPerson(life, row)) return true;
    if (timer.isDue()) {
      await life.fireTimer();
      continue;
    }
    // A watch asks every half minute for up to two hours, and so do polls: here no worker runs for most of it.
    const isPolled = row?.status === 'progress' && row.ending === 'expiry';
    const askedUntil = row?.watchUntil ?? (isPolled ? row.expiresAt : null);
    const skippedUntil = (askedUntil?.getTime() ?? 0) - ASKED_MS;
    if (skippedUntil > now.getTime()) {
      await life.passTime(trueAt(new Date(skippedUntil)));
      continue;
    }
    const due = row?.nextCloseAt ?? null;
    // A dead process still holds its order: until the lease expires, no sweep can finish it.
    const isHeld = row?.leaseUntil != null && row.leaseUntil > now;
    if (due !== null && due <= now && timer.at() === null && !isHeld) {
      await life.begin('sweep', () => sweepDue(lane.deps));
      continue;
    }
    const ours = [due, row?.leaseUntil ?? null].map((at) => (at === null || at <= now ? null : trueAt(at)));
    const times = [...ours, timer.at(), clock.nextAlarm()].flatMap((at) =>
      at === null || at <= clock.now() ? [] : [at.getTime()],
    );
    if (times.length === 0) return true;
    await life.passTime(new Date(Math.min(...times)));
  }
  return false;
}

/** Others have given back some of its money, and its channel does not say how much: neither paid nor refunded may be said. */
export function waitsForPerson({ outsiders }: Life, { status, retryReason, stuckAt }: PaymentOrder): boolean {
  const isUnclear = status === 'progress' || status === 'success';
  return isUnclear && retryReason === 'mismatch' && stuckAt !== null && outsiders.refundedFen > 0;
}

/** Runs all pending operations to their end, in any order. */
export async function finishAll(life: Life): Promise<void> {
  const { stepper, inbox } = life.lane;
  for (let count = 0; count < MAX_STEPS; count += 1) {
    const next = stepper.steps().map((step) => () => life.step(step));
    if (stepper.late().length > 0) next.push(life.landLate);
    if (inbox.waiting.length > 0) next.push(() => life.deliver('whole'));
    if (next.length === 0) return;
    await life.dice.pick(next)();
  }
}
