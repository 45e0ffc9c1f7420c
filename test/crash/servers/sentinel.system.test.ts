import { Queue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { queueName } from '../../../src/timer/queue-name.ts';
import { payOverHttp } from '../../support/pay.ts';
import { type Program, startProgram, WORK } from '../../support/process.ts';
import { type SentinelGroup, startSentinelGroup } from '../../support/sentinel.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** A Redis with sentinels, an API process and a worker process; none is restarted by hand. */
let group: SentinelGroup;
let world: World;
let programs: Program[];
beforeEach(async () => {
  group = await startSentinelGroup();
  world = await createWorld({ ...group.env, SWEEP_INTERVAL_MS: '1000' });
  programs = [startProgram(['serve'], world.env), startProgram(WORK, world.env)];
  await Promise.all([programs[0]?.logged('api is listening'), programs[1]?.logged('worker is running')]);
});
afterEach(async () => {
  await world.end();
  await group.end();
});

let count = 0;
async function create(howMany: number, expiresInS: number): Promise<string[]> {
  const names = Array.from({ length: howMany }, () => `guarded-${++count}`);
  for (const name of names) {
    const answer = await payOverHttp(world, name, expiresInS);
    expect(await answer.json()).toMatchObject({ data: { code: 0 } });
  }
  return names;
}
const find = (name: string) => world.app.deps.store.findByBizOrderNo(name);
async function allClose(names: string[]): Promise<void> {
  for (const name of names) {
    await until(`${name} is closed`, async () => (await find(name))?.status === 'close');
  }
}

/** New orders have their timer in the current master. */
async function timersArePunctual(): Promise<void> {
  const queue = new Queue(queueName('wechat_pay'), {
    connection: { url: await group.masterUrl() },
    prefix: world.env.REDIS_PREFIX ?? '',
  });
  await until('a new order has its timer', async () => {
    const [name = ''] = await create(1, 60);
    return (await queue.getJobState((await find(name))?.orderNo ?? '')) === 'delayed';
  });
  await queue.close();
  await allClose(await create(5, 2));
}

async function endCleanly(): Promise<void> {
  for (const program of programs) expect(await program.terminate()).toBe(0);
}

describe('the master of a Redis with sentinels', () => {
  test('killed with timers pending: the replica takes over, every order closes, new timers are punctual', async () => {
    const before = await create(20, 5);
    await group.master.kill();
    const meanwhile = await create(3, 6);
    await until('the replica is the master', async () => (await group.masterUrl()) === group.replica.url);
    await allClose([...before, ...meanwhile]);
    await timersArePunctual();

    // The old master comes back empty and becomes a replica. We must not use it as the master.
    await group.master.start();
    await timersArePunctual();
    expect(await group.masterUrl()).toBe(group.replica.url);
    await endCleanly();
  });

  test('switched over on purpose, with both alive: the same', async () => {
    const before = await create(20, 4);
    await group.handOver();
    await until('the replica is the master', async () => (await group.masterUrl()) === group.replica.url);
    await allClose(before);
    await timersArePunctual();
    await endCleanly();
  });
});
