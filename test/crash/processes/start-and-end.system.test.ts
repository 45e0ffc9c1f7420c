import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../src/sandbox/services/free-port.ts';
import { startProgram, WORK } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ SWEEP_INTERVAL_MS: '500' });
});
afterAll(() => world.end());

describe('a start that fails ends the process with one clear message', () => {
  test('port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(Number(world.env.PORT), '127.0.0.1', resolve));
    const program = startProgram(['start'], world.env);
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).toMatch(/^HOST, PORT: .*EADDRINUSE/);
    taken.close();
  });

  test('database unavailable', async () => {
    const program = startProgram(['start'], {
      ...world.env,
      DATABASE_URL: `mysql://a:a@127.0.0.1:${await freePort()}/a`,
    });
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).toMatch(/^DATABASE_URL: .*ECONNREFUSED/);
  });

  test('wrong configuration: the variable is named', async () => {
    const program = startProgram(['start'], { ...world.env, WECHAT_API_V3_KEY: '钥'.repeat(32), PORT: '-1' });
    expect(await program.ended()).toBe(78);
    expect(program.stderr()).toMatch(/PORT: /);
    expect(program.stderr()).toMatch(/WECHAT_API_V3_KEY: must be the 32 bytes/);
    expect(program.stderr()).not.toContain('钥');
  });
});

describe('SIGTERM', () => {
  test.each(['start', 'serve', 'work'])(
    'ends an idle `%s`, also while Redis is unreachable',
    async (command) => {
      const program = startProgram([command], {
        ...world.env,
        REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
      });
      await program.logged(command === 'serve' ? 'api is listening' : 'worker is running');
      expect(await program.terminate()).toBe(0);
      expect(program.stdout()).not.toContain('given back');
    },
  );

  test.each([
    ['work', 0],
    ['migrate', 1],
  ])('ends `%s` while it waits for a database that does not answer', async (command, code) => {
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const program = startProgram([command], {
      ...world.env,
      DATABASE_URL: `mysql://a:a@127.0.0.1:${port}/a`,
    });
    await once(silent, 'connection');
    expect(await program.terminate()).toBe(code);
  });

  test('stops accepting calls at once, while current work continues', async () => {
    const { control } = world.simulator;
    const program = startProgram(['start'], world.env);
    await program.logged('worker is running');
    const order = await world.expire(await world.create('wechat_pay'));
    const hold = control.hold('close', order.orderNo, 'after');
    await world.app.deps.timer.set(order, new Date(0), 'timeout');
    await hold.arrived;
    const ended = program.terminate();
    await program.logged('stopping');
    await until('the port is closed', () =>
      fetch(`${world.env.PUBLIC_URL}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    hold.release();
    expect(await ended).toBe(0);
    expect((await world.reload(order)).status).toBe('close');
  });
});

test('an order of a channel that is no longer configured stays open, and alerts', async () => {
  const order = await world.expire(await world.create('wechat_pay'));
  await world.app.deps.timer.clear(order);
  const withoutWechat = Object.fromEntries(
    Object.keys(world.env)
      .filter((name) => name.startsWith('WECHAT_'))
      .map((name) => [name, '']),
  );
  const worker = startProgram(WORK, { ...world.env, ...withoutWechat });
  const line = await worker.logged('order not closed yet');
  expect(line).toMatchObject({ level: 'error', orderNo: order.orderNo, reason: 'misconfigured' });
  expect((await world.reload(order)).status).toBe('progress');
  expect(await worker.terminate()).toBe(0);
});
