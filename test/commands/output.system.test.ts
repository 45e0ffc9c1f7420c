import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { addAdminCommand } from '../../src/commands/admin.ts';
import type { OpenApp } from '../../src/commands/command.ts';
import { addDoctorCommand } from '../../src/commands/doctor.ts';
import { addMigrateCommand } from '../../src/commands/migrate.ts';
import { addNoticesCommand } from '../../src/commands/notices.ts';
import { addCancelCommand } from '../../src/commands/orders/cancel.ts';
import { addCloseCommand } from '../../src/commands/orders/close.ts';
import { addLateCommand } from '../../src/commands/orders/late.ts';
import { addOrderCommand } from '../../src/commands/orders/order.ts';
import { addOrdersCommand } from '../../src/commands/orders/orders.ts';
import { addRecloseCommand } from '../../src/commands/orders/reclose.ts';
import { addStuckCommand } from '../../src/commands/orders/stuck.ts';
import { addSyncCommand } from '../../src/commands/orders/sync.ts';
import { addViolationsCommand } from '../../src/commands/orders/violations.ts';
import { addRunCommands } from '../../src/commands/run/run.ts';
import { addSweepCommand } from '../../src/commands/sweep.ts';
import { addArchiveCommand } from '../../src/commands/upkeep/archive.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { programFile } from '../support/process.ts';
import { run } from '../support/run-command.ts';
import { createWorld, type World } from '../support/world.ts';

/** More than a pipe and both its ends can buffer. */
const ROWS = 2_000;
/** Starting a process is slow on a busy machine, ms. */
const LIMIT_MS = 240_000;

let world: World;
let orderNo: string;
beforeAll(async () => {
  world = await createWorld();
  const order = await world.create('wechat_pay', { notifyUrl: 'http://merchant.invalid/notify' });
  orderNo = order.orderNo;
  await world.simulator.control.pay(orderNo);
  await world.sync(order);
  const columns =
    'channel, channel_account, method, title, amount_fen, ending, created_at, create_attempted_at, expires_at, not_notify, close_attempts, retry_reason';
  const numbers = `(WITH RECURSIVE k AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM k WHERE n < ${ROWS}) SELECT n FROM k) AS many`;
  await world
    .query('SET SESSION max_recursive_iterations = 10000')
    .catch(() => world.query('SET SESSION cte_max_recursion_depth = 10000'));
  await world.query(`INSERT INTO payment_order (order_no, biz_order_no, status, stuck_at, closed_at, late_paid_at, ${columns})
    SELECT CONCAT('M', n), CONCAT('M', n), 'close', created_at, created_at, created_at, ${columns}
    FROM payment_order, ${numbers} WHERE order_no = '${orderNo}'`);
  await world.query(`INSERT INTO violation (order_id, order_no, channel, kind, found_at)
    SELECT id, order_no, channel, 'paid', created_at FROM payment_order WHERE order_no LIKE 'M%'`);
  // One long line.
  await world.query(`INSERT INTO close_record (order_id, order_no, biz_order_no, channel, close_type, trigger_kind, attempt, outcome, query_after, status_before, status_after, created_at)
    SELECT id, order_no, biz_order_no, channel, 'watch', 'timeout', n, 'closed', REPEAT('x', 200), 'close', 'close', created_at
    FROM payment_order, ${numbers} WHERE order_no = 'M5'`);
});
afterAll(() => world.end());

function start(args: string[]) {
  const child = spawn(process.execPath, [programFile, ...args], {
    env: { ...process.env, ...world.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = once(child, 'close').then(() => child.exitCode);
  return { child, ended };
}

/** Through a shell's pipe; starts to read long after the program has filled it. */
async function readLate(args: string[]): Promise<{ read: string; code: number }> {
  const script = '{ "$0" "$@"; echo "exit $?" >&2; } | { sleep 2; cat; }';
  const child = spawn('sh', ['-c', script, process.execPath, programFile, ...args], {
    env: { ...process.env, ...world.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [read, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { read, code: Number(/^exit (\d+)$/m.exec(stderr)?.[1]) };
}

describe('output to a pipe', () => {
  test.each([
    ['orders', '--limit', String(ROWS), '--json'],
    ['stuck', '--limit', String(ROWS), '--json'],
    ['late', '--limit', String(ROWS)],
    ['violations', '--limit', String(ROWS), '--json'],
  ])(
    'is complete however slowly it is read: %s',
    async (...args) => {
      const { read, code } = await readLate(args);
      expect(read.split('\n').length - 1).toBeGreaterThanOrEqual(ROWS);
      expect(read.endsWith('\n')).toBe(true);
      expect(code).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    'is complete even if it is one line longer than the pipe',
    async () => {
      const { read, code } = await readLate(['order', 'M5', '--json']);
      expect(read.length).toBeGreaterThan(200_000);
      expect(() => JSON.parse(read)).not.toThrow();
      expect(code).toBe(0);
    },
    LIMIT_MS,
  );

  const commands: [string[], number][] = [
    [['--help'], 0],
    [['orders', '--limit', '2000'], 0],
    [['order', 'M1'], 0],
    [['stuck'], 0],
    [['late'], 0],
    [['violations'], 0],
    [['notices', 'M1'], 1],
    [['sync', 'M1'], 0],
    [['close', 'M1'], 0],
    // Its late payment goes back: the cancel is pending.
    [['cancel', 'M4'], 1],
    [['reclose', 'M1', '--dry-run'], 0],
    [['sweep'], 0],
    [['archive', '--older-than', '90d'], 0],
    [['admin', 'list'], 0],
    [['migrate'], 0],
    [['doctor'], 1],
    [['orders', '--no-such-option'], 2],
  ];
  test(
    'whose reader has closed it ends quietly, with the exit code of the command',
    async () => {
      const seen: [string[], number | null, string][] = [];
      const queue = [...commands];
      const one = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [args, code] = next;
          const { child, ended } = start(args);
          child.stdout.destroy();
          const [stderr, exitCode] = await Promise.all([text(child.stderr), ended]);
          seen.push([args, exitCode, code === 2 ? '' : stderr]);
        }
      };
      await Promise.all([one(), one(), one()]);
      const byName = ([a]: [string[], ...unknown[]], [b]: [string[], ...unknown[]]) =>
        a.join().localeCompare(b.join());
      expect(seen.sort(byName)).toEqual(
        commands.map(([args, code]) => [args, code, '']).sort(byName as never),
      );
    },
    LIMIT_MS,
  );
});

type Add = (program: Command, open: OpenApp, env: () => Record<string, string>) => void;
interface Row {
  args: string[];
  add: Add;
  /** The exit code while Redis is away, and while MySQL is away. */
  redis: number | 'runs on';
  mysql: number;
}
const table: Row[] = [
  { args: ['orders'], add: addOrdersCommand, redis: 0, mysql: 1 },
  { args: ['order', 'M1'], add: addOrderCommand, redis: 0, mysql: 1 },
  { args: ['stuck'], add: addStuckCommand, redis: 0, mysql: 1 },
  { args: ['late'], add: addLateCommand, redis: 0, mysql: 1 },
  { args: ['violations'], add: addViolationsCommand, redis: 0, mysql: 1 },
  { args: ['notices', 'M1'], add: addNoticesCommand, redis: 1, mysql: 1 },
  { args: ['sync', 'M1'], add: addSyncCommand, redis: 0, mysql: 1 },
  { args: ['close', 'M1'], add: addCloseCommand, redis: 0, mysql: 1 },
  { args: ['cancel', 'M2'], add: (program, open) => addCancelCommand(program, open), redis: 1, mysql: 1 },
  { args: ['reclose', 'M3'], add: addRecloseCommand, redis: 0, mysql: 1 },
  { args: ['sweep'], add: addSweepCommand, redis: 1, mysql: 1 },
  { args: ['archive', '--older-than', '90d'], add: addArchiveCommand, redis: 0, mysql: 1 },
  { args: ['admin', 'list'], add: addAdminCommand, redis: 0, mysql: 1 },
  { args: ['migrate'], add: (program, _open, env) => addMigrateCommand(program, env), redis: 0, mysql: 1 },
  { args: ['doctor'], add: (program, _open, env) => addDoctorCommand(program, env), redis: 1, mysql: 1 },
  {
    args: ['start'],
    add: (program, open) => addRunCommands(program, open, () => Promise.reject(new Error('one process'))),
    redis: 'runs on',
    mysql: 1,
  },
];

describe('the exit code tells whether the command succeeded', () => {
  const runRow = async ({ args, add }: Row, env: Record<string, string>) => {
    const all = { ...world.env, ...env };
    const open = () => openApp(readConfig(all), createLogger('silent'));
    return run((program) => add(program, open, () => all), ...args);
  };

  test.each(table.filter(({ redis }) => redis !== 'runs on'))(
    'with Redis away: $args.0 ends with $redis',
    async (row) => {
      const ran = await runRow(row, { REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
      expect(ran.code ?? 0).toBe(row.redis);
      if (row.args[0] === 'sweep') expect(ran.stdout).toContain('Redis is away');
    },
    LIMIT_MS,
  );

  test.each(table)(
    'with MySQL away: $args.0 ends with $mysql and names the variable',
    async (row) => {
      const running = runRow(row, { DATABASE_URL: `mysql://a:a@127.0.0.1:${await freePort()}/a` });
      if (row.args[0] !== 'doctor') return expect(running).rejects.toThrow(/^DATABASE_URL: \S/);
      const ran = await running;
      expect(ran.code).toBe(1);
      expect(ran.stdout).toContain('DATABASE_URL');
    },
    LIMIT_MS,
  );

  test('every command is in the table', () => {
    const program = new Command();
    const open = () => openApp(readConfig({}), createLogger('silent'));
    for (const { add } of table) {
      const some = new Command();
      add(some, open, () => ({}));
      for (const command of some.commands)
        if (!program.commands.some((known) => known.name() === command.name())) program.addCommand(command);
    }
    const names = program.commands.map((command) => command.name());
    // These need neither: they start their own.
    const own = ['simulate', 'quickstart'];
    expect([...names, ...own].sort()).toEqual(allCommands().sort());
  });
});

/** As listed in the program's help. */
function allCommands(): string[] {
  const { stdout } = spawnSync(process.execPath, [programFile, '--help'], { encoding: 'utf8' });
  const [, list = ''] = stdout.split('Commands:');
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].flatMap(([, name]) => (name === 'help' ? [] : (name ?? [])));
}
