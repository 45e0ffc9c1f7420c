import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDoctorCommand } from '../../src/commands/doctor.ts';
import { addMigrateCommand } from '../../src/commands/migrate.ts';
import { addStuckCommand } from '../../src/commands/orders/stuck.ts';
import { addSweepCommand } from '../../src/commands/sweep.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { run } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const open = () => world.openApp();

test('sweep re-enqueues overdue orders, and prints counts', async () => {
  const order = await world.expire(await world.create('wechat_pay'));
  await world.app.deps.timer.clear(order);
  const sweep = (...args: string[]) => run((program) => addSweepCommand(program, open), 'sweep', ...args);
  expect(await sweep()).toMatchObject({ code: 0, stdout: '1 due: 1 enqueued, 0 already had a timer\n' });
  expect(await world.timerState(order)).toBe('waiting');
  expect((await sweep('--json')).json()).toEqual([
    {
      due: 1,
      enqueued: 0,
      lastLooks: 0,
      live: 1,
      failed: 0,
      away: 0,
      isRedisAway: false,
      queue: { state: 'ok', reason: null, paused: [] },
    },
  ]);

  const withoutRedis = async () => world.openApp({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  const ran = await run((program) => addSweepCommand(program, withoutRedis), 'sweep');
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('Redis is away') });
});

test('migrate prints which migrations ran: none the second time', async () => {
  const ran = await run((program) => addMigrateCommand(program, () => world.env), 'migrate', '--json');
  expect(ran.json()).toEqual([{ migrated: [] }]);
});

test('stuck prints if there are none', async () => {
  const ran = await run((program) => addStuckCommand(program, open), 'stuck');
  expect(ran).toMatchObject({ code: 0, stdout: 'No stuck orders.\n' });
});

test('doctor: an invalid configuration is reported like any finding, with exit code 78', async () => {
  const env = { ...world.env, PORT: '-1' };
  const ran = await run((program) => addDoctorCommand(program, () => env), 'doctor', '--json');
  expect(ran.code).toBe(78);
  expect(ran.json()).toEqual([expect.objectContaining({ ok: false, fails: 1 })]);
});

test('doctor: its JSON has every finding, and if nothing fails the exit code is 0', async () => {
  await world.app.serve();
  world.app.work();
  const doctor = () => run((program) => addDoctorCommand(program, () => world.env), 'doctor', '--json');
  const ran = await until('the worker has sent a heartbeat', async () => {
    const one = await doctor();
    return one.code === 0 && one;
  });
  expect(ran.json()).toEqual([
    {
      ok: true,
      fails: 0,
      warns: expect.any(Number),
      findings: expect.arrayContaining([
        { check: 'migrations', state: 'ok', found: expect.stringMatching(/^all \d+ have run$/), fix: null },
      ]),
    },
  ]);
});
