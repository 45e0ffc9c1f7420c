import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { inTransaction } from '../../../src/platform/mysql/database.ts';
import type { Dice } from '../dice.ts';
import type { Scene } from './scene.ts';

/** How much time passes at once, at the gateways and for our rows, s: more than any code lives on. */
const STEP_S = 600;
/** How long the program has for what is due then, ms. */
const ROUND_MS = 1_000;
const LOOK_EVERY_MS = 100;
/** An order that has not become idle by then never does. Time itself is not judged: machines are slow. */
const MAX_ROUNDS = 120;

export interface Rest {
  /** False: it never became idle. */
  idle: boolean;
  /** How many attempts of each order had begun before everything worked again: of these some may have been killed. */
  attempts: ReadonlyMap<string, number>;
}

/**
 * The faults have ended: everything works, customers finish typing their passwords, and time passes until nothing is due
 * any more. It passes by setting back the times in our rows and setting forward the gateways' clock.
 */
export async function drain(
  scene: Scene,
  db: DataSource,
  dice: Dice,
  /** An order that its channel contradicts and that only a person can end counts as idle. */
  { mayWaitForPerson } = { mayWaitForPerson: false },
): Promise<Rest> {
  const { simulator, merchant, processes, proxies, counts, events } = scene;
  const { control } = simulator;
  events.note(null, 'faults end');
  control.clearFaults();
  merchant.behave();
  // The servers learn that silent connections are dead, as at the end of a partition.
  proxies.database.cut();
  proxies.redis.cut();
  for (const { orderNo, paying } of control.orders()) {
    if (paying) await control.finishPay(orderNo, dice.chance(0.5));
  }
  // Breakers and leases of processes that are gone must not be waited for.
  counts.kills += processes.length;
  for (const _ of processes) scene.interruptions.push({ at: new Date(), of: 'attempts' });
  await Promise.all(processes.map((each) => each.kill()));
  await db.query(
    'UPDATE payment_order SET lease_until = UTC_TIMESTAMP(3) WHERE lease_until > UTC_TIMESTAMP(3)',
  );
  await db.query('UPDATE merchant_notice SET next_at = UTC_TIMESTAMP(3) WHERE next_at > UTC_TIMESTAMP(3)');
  const attempts = await countAttempts(db);
  await Promise.all(processes.map((each) => each.working()));

  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await control.notifications.flush();
    if (await isIdle(db, mayWaitForPerson)) return { idle: true, attempts };
    await letTimePass(scene, db);
    for (
      let waited = 0;
      waited < ROUND_MS && !(await isIdle(db, mayWaitForPerson));
      waited += LOOK_EVERY_MS
    ) {
      await wait(LOOK_EVERY_MS);
    }
  }
  return { idle: false, attempts };
}

async function countAttempts(db: DataSource): Promise<ReadonlyMap<string, number>> {
  const rows: { orderNo: string; attempts: number }[] = await db.query(
    'SELECT order_no AS orderNo, close_attempts AS attempts FROM payment_order',
  );
  return new Map(rows.map(({ orderNo, attempts }) => [orderNo, attempts]));
}

/** Closed orders are as old as their last look wants them: before that, a look is taken for an early one. */
async function letTimePass({ simulator }: Scene, db: DataSource): Promise<void> {
  await simulator.control.clock.advance(STEP_S * 1_000);
  const free = '(lease_until IS NULL OR lease_until <= UTC_TIMESTAMP(3))';
  await inTransaction(db, async (manager) => {
    await manager.query(
      `UPDATE payment_order
       SET expires_at = expires_at - INTERVAL ${STEP_S} SECOND,
           create_attempted_at = create_attempted_at - INTERVAL ${STEP_S} SECOND,
           watch_until = watch_until - INTERVAL ${STEP_S} SECOND,
           closed_at = closed_at - INTERVAL 3 DAY,
           next_close_at = LEAST(next_close_at, UTC_TIMESTAMP(3))
       WHERE next_close_at IS NOT NULL AND ${free}`,
    );
    await manager.query(
      'UPDATE merchant_notice SET next_at = UTC_TIMESTAMP(3) WHERE lease_token IS NULL AND next_at > UTC_TIMESTAMP(3)',
    );
  });
}

async function isIdle(db: DataSource, mayWaitForPerson: boolean): Promise<boolean> {
  const forPerson = mayWaitForPerson ? "(stuck_at IS NOT NULL AND retry_reason = 'mismatch')" : 'FALSE';
  const [counted]: { open: string }[] = await db.query(
    `SELECT (SELECT COUNT(*) FROM payment_order
             WHERE (next_close_at IS NOT NULL OR lease_until > UTC_TIMESTAMP(3) OR status = 'progress')
               AND NOT ${forPerson})
          + (SELECT COUNT(*) FROM merchant_notice WHERE next_at IS NOT NULL) AS open`,
  );
  return Number(counted?.open) === 0;
}
