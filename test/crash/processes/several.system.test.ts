import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Program, startProgram } from '../../support/process.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** `work --processes N`: one command, several worker processes. */
let world: World;
beforeAll(async () => {
  world = await createWorld({ SWEEP_INTERVAL_MS: '1000' });
});
afterAll(() => world.end());

const COUNT = 2;

const ENDED = 'worker process ended; starting it again';

async function workTogether(more: Record<string, string> = {}): Promise<Program> {
  const program = startProgram(['work', '--processes', String(COUNT)], { ...world.env, ...more });
  await until('all work', () => linesOf(program, 'worker is running').length === COUNT);
  return program;
}

function linesOf(program: Program, message: string): { process?: number; pid?: number }[] {
  const lines = program.stdout().split('\n');
  return lines.filter((line) => line.includes(`"msg":"${message}"`)).map((line) => JSON.parse(line));
}

const pidsOf = (program: Program) => linesOf(program, 'worker process started').map(({ pid }) => Number(pid));
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process that is killed in the middle of a close is started again, and its order closes', async () => {
  const { control } = world.simulator;
  const order = await world.expire(await world.create('wechat_pay'));
  const hold = control.hold('close', order.orderNo, 'after');
  const program = await workTogether();
  await world.app.deps.timer.set(order, new Date(0), 'timeout');
  await hold.arrived;
  const pids = pidsOf(program);
  expect(new Set(pids).size).toBe(COUNT);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  hold.release();
  await until('both work again', () => linesOf(program, 'worker is running').length === 2 * COUNT);
  await until('the order is closed', async () => (await world.reload(order)).status === 'close');
  expect(control.order(order.orderNo)).toMatchObject({ payable: false, paidAt: null });
  expect(await program.terminate()).toBe(0);
  expect(pidsOf(program).filter(isAlive)).toEqual([]);
});

test('a process that cannot start again because the database is away is started until it can', async () => {
  const database = await startProxy(world.env.DATABASE_URL ?? '');
  onTestFinished(() => database.end());
  const order = await world.expire(await world.create('wechat_pay'));
  const program = await workTogether({ DATABASE_URL: database.url });
  database.redirect('mysql://127.0.0.1:1');
  database.cut();
  const [first = 0] = pidsOf(program);
  process.kill(first, 'SIGKILL');
  await until('its successor has ended too', () => linesOf(program, ENDED).length >= 2);
  database.redirect(world.env.DATABASE_URL ?? '');
  await until('it works again', () => linesOf(program, 'worker is running').length > COUNT);
  await world.app.deps.timer.set(order, new Date(0), 'timeout');
  await until('the order is closed', async () => (await world.reload(order)).status === 'close');
  expect(await program.terminate()).toBe(0);
});

test('a signal to all of them at once, as a terminal sends it, lets the current close finish', async () => {
  const { control } = world.simulator;
  const order = await world.expire(await world.create('wechat_pay'));
  const hold = control.hold('close', order.orderNo, 'after');
  const program = await workTogether();
  await world.app.deps.timer.set(order, new Date(0), 'timeout');
  await hold.arrived;
  for (const pid of pidsOf(program)) process.kill(pid, 'SIGTERM');
  await until('all have begun to stop', () => linesOf(program, 'stopping').length === COUNT);
  const ended = program.terminate();
  // Those of the processes, and that of the one that started them.
  await until('it stops them again', () => linesOf(program, 'stopping').length === COUNT + 1);
  hold.release();
  expect(await ended).toBe(0);
  expect((await world.reload(order)).status).toBe('close');
});

test('they stop cleanly when the process that started them is killed', async () => {
  const program = await workTogether();
  const pids = pidsOf(program);
  expect(pids.filter(isAlive)).toHaveLength(COUNT);
  await program.kill();
  await until('they have ended', () => pids.filter(isAlive).length === 0);
});

test('wrong configuration ends the command with the exit code of a single process', async () => {
  const program = startProgram(['work', '--processes', '2'], { ...world.env, CLOSE_CONCURRENCY: 'many' });
  expect(await program.ended()).toBe(78);
});

test('a database that is away at the start ends the command, as it ends a single process', async () => {
  const away = { ...world.env, DATABASE_URL: 'mysql://a:a@127.0.0.1:1/a' };
  const program = startProgram(['work', '--processes', '2'], away);
  expect(await program.ended()).toBe(1);
});
