import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { AutocloseError } from '../../../src/client/client.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { PaymentOrderEntity } from '../../../src/order/store/entities.ts';
import type { OrderSnapshot } from '../../../src/sandbox/simulator/snapshot.ts';
import type { Dice } from '../dice.ts';
import { type Backup, restoreBackup, takeBackup } from './backup.ts';
import { drain } from './drain.ts';
import type { Observer } from './judge/observer.ts';
import type { Scene } from './scene.ts';

const TRY_AGAIN_MS = 300;
/** Orders that merchants make after the restore. */
const NEW_ORDERS = 6;
const NEW_ORDERS_TRIES = 40;
const FIRST_AMOUNT_FEN = 900_000;
const EXPIRES_IN_MS = 600_000;

/** A backup from the middle of the storm; null: the servers were away until the storm was over. */
export async function backUp(scene: Scene, observer: Observer, over: AbortSignal): Promise<Backup | null> {
  const { backupAfterOrders, backupAfterMs } = scene.plan;
  const pause = (ms: number) => wait(ms, undefined, { signal: over }).catch(() => {});
  while (!over.aborted && observer.count() < backupAfterOrders) await pause(TRY_AGAIN_MS);
  await pause(backupAfterMs);
  while (!over.aborted) {
    const backup = await takeBackup(scene).catch(() => null);
    if (backup !== null) {
      scene.events.note(null, 'a backup is taken');
      return backup;
    }
    await pause(TRY_AGAIN_MS);
  }
  return null;
}

/**
 * The storm is over, and the backup from its middle is restored: the rows know nothing of what their channels and merchants
 * have seen since. Whatever they say is to be done is done, then nothing is due any more; new orders get ids that nobody has had.
 */
export async function liveRestored(
  scene: Scene,
  db: DataSource,
  backup: Backup,
  { known, dice, say }: { known: PaymentOrder[]; dice: Dice; say: (line: string) => void },
): Promise<string[]> {
  await restoreBackup(scene, backup);
  scene.events.note(null, 'the backup is restored');
  const restored = await db.getRepository(PaymentOrderEntity).find();
  await makeOrders(scene, db, restored.length + NEW_ORDERS);
  const { idle } = await drain(scene, db, dice, { mayWaitForPerson: true });
  const rows = await db.getRepository(PaymentOrderEntity).find();
  const old = new Set(restored.map(({ id }) => id));
  const made = rows.filter(({ id }) => !old.has(id));
  say(`  storm: a backup with ${restored.length} orders restored, ${made.length} made afterwards`);
  const before = new Map(restored.map((row) => [row.id, row]));
  const ids = new Set(known.map(({ id }) => id));
  const numbers = new Set(known.map(({ orderNo }) => orderNo));
  const control = scene.simulator.control;
  return [
    ...(idle ? [] : ['what was restored never became idle']),
    ...(made.length === 0 ? ['no order could be made after the restore'] : []),
    ...made
      .filter(({ id, orderNo }) => ids.has(id) || numbers.has(orderNo))
      .map(({ id }) => `after the restore ${id} was handed out again`),
    ...rows.flatMap((row) =>
      accuse(row, control.order(row.orderNo), before.get(row.id)).map(
        (what) => `${row.bizOrderNo}, restored: ${what}`,
      ),
    ),
  ];
}

/** Through the API, as soon as it works again. */
async function makeOrders(
  { merchant, simulator, events }: Scene,
  db: DataSource,
  until: number,
): Promise<void> {
  const client = merchant.client('2.0.8');
  const rows = db.getRepository(PaymentOrderEntity);
  for (let count = 0; count < NEW_ORDERS_TRIES && (await rows.count()) < until; count += 1) {
    try {
      const made = await client.create({
        bizOrderNo: `RESTORED-${count}`,
        channel: 'wechat_pay',
        method: 'qrcode',
        amountFen: FIRST_AMOUNT_FEN + count,
        title: `after the restore ${count}`,
        // The gateways' clock is ahead by all the time that has passed at once.
        expiresAt: new Date(simulator.control.clock.now().getTime() + EXPIRES_IN_MS),
      });
      events.note(null, `new order ${count}: ${made.ok ? 'made' : made.message}`);
      if (!made.ok) await wait(TRY_AGAIN_MS);
    } catch (error) {
      if (!(error instanceof AutocloseError)) throw error;
      await wait(TRY_AGAIN_MS);
    }
  }
}

/**
 * What no row may be at the end, whatever was lost. Not judged: what merchants were notified before, and what UnionPay does not
 * show, as money that has gone back. Nor is an order that was paid and settled in the backup: nothing is due for it, so
 * nobody asks what has become of its money since.
 */
function accuse(row: PaymentOrder, order: OrderSnapshot | null, before: PaymentOrder | undefined): string[] {
  const { status, nextCloseAt, watchUntil, latePaidAt } = row;
  const wrong: string[] = [];
  const isPaid = order !== null && order.paidAt !== null;
  const isKept = isPaid && order.refundedFen < order.amountFen;
  const isForPerson = waitsForPerson(row, order);
  if ((status === 'progress' || status === 'refunding' || nextCloseAt !== null) && !isForPerson)
    wrong.push(`still ${status}`);
  if (watchUntil !== null && latePaidAt === null) wrong.push('still watched');
  if (order?.payable === true) wrong.push(`${status}, but the channel would take money`);
  if (status === 'success' && !isPaid) wrong.push('success, and nobody has paid');
  const wasSettled = before?.status === 'success' && before.nextCloseAt === null;
  if (status === 'success' && isPaid && !isKept && row.channel !== 'union_pay' && !wasSettled)
    wrong.push('success, but the money has gone back');
  if (isKept && (status === 'cancel' || status === 'refunded' || (status === 'close' && latePaidAt === null)))
    wrong.push(`paid and kept, but the order is ${status}`);
  if (order !== null && order.refundedFen > order.amountFen) wrong.push(`refunded ${order.refundedFen} fen`);
  return wrong;
}

/** WeChat Pay shows that money went back, not how much, and not under our number: it was reversed. */
function waitsForPerson(
  { status, channel, retryReason }: PaymentOrder,
  order: OrderSnapshot | null,
): boolean {
  const isReturned = channel === 'wechat_pay' && (order?.refundedFen ?? 0) > 0;
  return status === 'progress' && retryReason === 'mismatch' && isReturned;
}
