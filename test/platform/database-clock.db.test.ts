import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type DatabaseClock, followDatabaseClock } from '../../src/platform/clock/database-clock.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { createWorld, type World } from '../support/world.ts';

/** The clock for deadlines, when this machine's clock or the database's is changed. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

/** The database with its clock `offsetMs` ahead, which a test may change. */
class ShiftedDatabase {
  offsetMs = 0;

  async query(sql: string): Promise<{ utc: string }[]> {
    const rows = (await world.query(sql)) as { utc: string }[];
    return rows.map(({ utc }) => ({ utc: new Date(Date.parse(utc) + this.offsetMs).toISOString() }));
  }
}

async function follow(): Promise<{ db: ShiftedDatabase; clock: DatabaseClock; jumps: number[] }> {
  const db = new ShiftedDatabase();
  const jumps: number[] = [];
  const clock = await followDatabaseClock(db, {
    log: createLogger('silent'),
    onJump: (byMs) => jumps.push(byMs),
  });
  onTestFinished(() => clock.stop());
  return { db, clock, jumps };
}

/** How far the clock is ahead of the database's real one, ms. */
async function aheadMs({ clock }: { clock: DatabaseClock }): Promise<number> {
  const [row] = (await world.query(
    "SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS utc",
  )) as { utc: string }[];
  return clock.now().getTime() - Date.parse(row?.utc ?? '');
}
const HOUR_MS = 3_600_000;
/** The clock may be behind by a round trip on a busy machine, and ahead by the time of the query above. */
const isRight = (ms: number) => ms > -60_000 && ms < 60_000;

test.each([240_000, -240_000])(
  'a step of this machine’s clock by %d ms changes no deadline, immediately or after a measurement',
  async (stepMs) => {
    const { clock, jumps } = await follow();
    const right = Date.now;
    onTestFinished(() => {
      Date.now = right;
    });
    Date.now = () => right() + stepMs;
    expect(isRight(await aheadMs({ clock }))).toBe(true);
    await clock.measure();
    expect(isRight(await aheadMs({ clock }))).toBe(true);
    expect(jumps).toEqual([]);
  },
);

test('a forward jump of the database’s clock is reported once, and brings no deadline nearer', async () => {
  const { db, clock, jumps } = await follow();
  db.offsetMs = HOUR_MS;
  await clock.measure();
  await clock.measure();
  expect(isRight(await aheadMs({ clock }))).toBe(true);
  expect(jumps).toHaveLength(1);
  // A channel that contradicts it changes nothing; one that confirms it does.
  clock.observe(new Date());
  expect(isRight(await aheadMs({ clock }))).toBe(true);
  clock.observe(new Date(Date.now() + HOUR_MS));
  expect(isRight((await aheadMs({ clock })) - HOUR_MS)).toBe(true);
  expect(jumps).toHaveLength(1);
});

test('a backward jump of the database’s clock is reported once, and deadlines follow it', async () => {
  const { db, clock, jumps } = await follow();
  db.offsetMs = -HOUR_MS;
  await clock.measure();
  await clock.measure();
  expect(isRight((await aheadMs({ clock })) + HOUR_MS)).toBe(true);
  expect(jumps).toHaveLength(1);
});

test('while the database does not answer, the clock keeps running', async () => {
  const { db, clock } = await follow();
  db.query = () => Promise.reject(new Error('away'));
  await clock.measure();
  expect(isRight(await aheadMs({ clock }))).toBe(true);
});

test('a paused machine is noticed by the next measurement', async () => {
  let wallMs = 0;
  let ticksMs = 0;
  const clock = await followDatabaseClock(new ShiftedDatabase(), {
    log: createLogger('silent'),
    ticks: () => ticksMs,
    wall: () => wallMs,
  });
  onTestFinished(() => clock.stop());
  wallMs += 5_000;
  ticksMs += 5_000;
  expect(clock.stalledMs?.()).toBe(0);
  wallMs += 120_000;
  expect(clock.stalledMs?.()).toBe(120_000);
  await clock.measure();
  expect(clock.stalledMs?.()).toBe(0);
});
