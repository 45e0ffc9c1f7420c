import type { Operation } from '../../../../src/sandbox/simulator/gateway/operations.ts';
import { finishAll } from '../life/drain.ts';
import type { Life } from '../life/life.ts';

/** More attempts than any list of waits has. */
const ATTEMPTS = 16;
const operations: readonly Operation[] = ['query', 'refund', 'refund_query'];

/** The channel gives no answer about this order, for as long as many attempts take. */
export async function lastThrough(life: Life): Promise<void> {
  const { lane } = life;
  const orderNo = lane.orderNo();
  if (orderNo === null) return;
  life.note('the channel is away for hours');
  life.counts.faults += 1;
  const { control } = lane.simulator;
  const faults = operations.map((operation) =>
    control.addFault({ kind: 'status', status: 503, match: { operation, orderNo } }),
  );
  lane.timer.setAway(false);
  for (let attempts = 0; attempts < ATTEMPTS; attempts += 1) {
    await finishAll(life);
    const row = await lane.store.find(orderNo);
    if (row === null || row.status === 'close' || row.status === 'cancel') break;
    const at = lane.timer.at() ?? row.nextCloseAt;
    if (at === null) break;
    if (at > lane.clock.now()) await life.passTime(at);
    if (lane.timer.isDue()) await life.fireTimer();
  }
  for (const fault of faults) fault.remove();
  if (life.dice.chance(0.6)) {
    life.note('the queue is emptied');
    life.witness.timerMayBeLost();
    lane.timer.lose();
  }
}
