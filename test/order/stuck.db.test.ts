import { Command, CommanderError } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UNKNOWN_IN_A_ROW } from '../../src/channel/guard/breaker.ts';
import { addRecloseCommand } from '../../src/commands/orders/reclose.ts';
import { addStuckCommand } from '../../src/commands/orders/stuck.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { byId, type CloseTrigger } from '../../src/order/outcomes.ts';
import { requestCancel, requestClose } from '../../src/order/requests/close-cancel-sync.ts';
import { reclose } from '../../src/order/requests/reclose.ts';
import { listStuck, queryChannels, recloseStuck } from '../../src/order/requests/stuck.ts';
import { withoutBreakers } from '../support/breakers.ts';
import { run as runCommand } from '../support/run-command.ts';
import { createWorld, somebody, type World } from '../support/world.ts';

/** No worker runs here: restarted orders stay as they are. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  withoutBreakers(world.app);
});
afterAll(() => world.end());
beforeEach(async () => {
  world.simulator.control.clearFaults();
  await world.query('UPDATE payment_order SET stuck_at = NULL');
});

/** An order that has just become stuck: its last quick retry failed. */
async function stuck(channel: PaymentOrder['channel'] = 'wechat_pay'): Promise<PaymentOrder> {
  const order = await world.expire(await world.create(channel));
  await world.edit(order, { retryReason: 'unreachable', retryCount: 6 });
  const { orderNo } = order;
  const fault = world.simulator.control.addFault({ kind: 'status', status: 503, match: { orderNo } });
  await world.close(order);
  fault.remove();
  return world.reload(order);
}
const page = { limit: 100, after: null };
const listed = async (filter = {}) =>
  (await listStuck(world.app.deps, filter, page)).map(({ order }) => order.orderNo);
const open = () => world.openApp();
async function run(...args: string[]): Promise<{ code: number | undefined; json: unknown[] }> {
  const addBoth = (program: Command) => {
    addRecloseCommand(program, open);
    addStuckCommand(program, open);
  };
  const { code, json } = await runCommand(addBoth, ...args, '--json');
  return { code, json: json() };
}

describe('an order is stuck', () => {
  test('once its quick retries are used up, with the channel’s last answer', async () => {
    const order = await stuck();
    expect(order).toMatchObject({ status: 'progress', retryCount: 7, stuckAt: expect.any(Date) });
    const [entry] = await listStuck(world.app.deps, {}, page);
    expect(entry?.order.orderNo).toBe(order.orderNo);
    expect(entry?.answer).toMatch(/^503/);
  });

  test('since the first attempt that found it so, and no longer once it has ended', async () => {
    const order = await stuck();
    const since = order.stuckAt;
    const { orderNo } = order;
    const fault = world.simulator.control.addFault({ kind: 'status', status: 503, match: { orderNo } });
    await world.close(order, 'manual');
    expect((await world.reload(order)).stuckAt).toEqual(since);
    fault.remove();
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
    expect(await world.reload(order)).toMatchObject({ stuckAt: null });
    expect(await listed()).toEqual([]);
  });

  test('no longer once it is paid', async () => {
    const order = await stuck();
    world.simulator.control.notifications.drop(order.orderNo, 100);
    await world.simulator.control.pay(order.orderNo);
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'paid' });
    expect(await world.reload(order)).toMatchObject({ status: 'success', stuckAt: null });
  });

  test('and listed by channel, by reason and page by page, stuck longest first', async () => {
    const orders = [await stuck(), await stuck('ali_pay'), await stuck()];
    const numbers = orders.map(({ orderNo }) => orderNo);
    expect(await listed()).toEqual(numbers);
    expect(await listed({ channel: 'ali_pay' })).toEqual([numbers[1]]);
    expect(await listed({ reason: 'mismatch' })).toEqual([]);
    const [first] = await listStuck(world.app.deps, {}, { limit: 1, after: null });
    const rest = await listStuck(world.app.deps, {}, { limit: 5, after: first?.order ?? null });
    expect(rest.map(({ order }) => order.orderNo)).toEqual(numbers.slice(1));
  });
});

describe('restarting', () => {
  test('spreads the orders of a channel over time, in rows and timers, and resets their failures', async () => {
    const orders = [await stuck(), await stuck(), await stuck()];
    const other = await stuck('ali_pay');
    const start = world.app.deps.clock.now().getTime();
    const counts = await recloseStuck(world.app.deps, { channel: 'wechat_pay' }, 0.01, somebody);
    expect(counts).toMatchObject({ enqueued: 3, ended: 0 });
    const begun = await Promise.all(orders.map((order) => world.reload(order)));
    const first = begun[0]?.nextCloseAt?.getTime() ?? 0;
    expect(first).toBeGreaterThanOrEqual(start);
    expect(begun.map(({ nextCloseAt }) => (nextCloseAt?.getTime() ?? 0) - first)).toEqual([
      0, 100_000, 200_000,
    ]);
    for (const order of begun) expect(order).toMatchObject({ retryCount: 0, stuckAt: null });
    expect(await Promise.all(orders.map((order) => world.timerState(order)))).toEqual([
      'waiting',
      'delayed',
      'delayed',
    ]);
    expect(await listed()).toEqual([other.orderNo]);
  });

  test('leaves a cancel a cancel', async () => {
    const unpaid = await world.edit(await stuck(), { ending: 'cancel' });
    const paid = await world.edit(await stuck(), { status: 'success', ending: 'cancel', paidAt: new Date() });
    await recloseStuck(world.app.deps, {}, 10, somebody);
    for (const order of [unpaid, paid]) {
      expect(await world.reload(order)).toMatchObject({
        status: order.status,
        ending: 'cancel',
        stuckAt: null,
      });
      expect(await reclose(world.app.deps, order.orderNo, somebody)).toEqual({ kind: 'enqueued' });
      expect(await world.reload(order)).toMatchObject({ status: order.status, ending: 'cancel' });
    }
  });
});

test('a dry run shows the channel’s current answer, and changes nothing', async () => {
  const [open, closed] = [await stuck(), await stuck()];
  await world.app.deps.channels.get('wechat_pay')?.close(closed);
  const foreign = await world.edit(await stuck(), { channelAccount: 'another' });
  const before = await world.query('SELECT * FROM payment_order');
  const records = await world.query('SELECT COUNT(*) FROM close_record');
  const said = await queryChannels(world.app.deps, [open, closed, foreign], 20);
  expect(said.map(({ says }) => says)).toEqual(['unpaid', 'closed', 'not_configured']);
  expect(await world.query('SELECT * FROM payment_order')).toEqual(before);
  expect(await world.query('SELECT COUNT(*) FROM close_record')).toEqual(records);
});

test('a dry run queries every order, even if many before it got no answer', async () => {
  const odd: PaymentOrder[] = [];
  for (let n = 0; n < UNKNOWN_IN_A_ROW; n += 1) odd.push(await stuck());
  const good = await stuck();
  for (const { orderNo } of odd) {
    world.simulator.control.addFault({ kind: 'status', status: 503, match: { orderNo } });
  }
  const said = await queryChannels(world.app.deps, [...odd, ...odd, good], 100);
  expect(said.map(({ says }) => says)).toEqual([...[...odd, ...odd].map(() => 'unknown'), 'unpaid']);
});

test('an order whose account is not configured is postponed with growing waits, up to about an hour', async () => {
  const order = await world.edit(await world.create('wechat_pay'), { channelAccount: 'another' });
  async function putOffMin(stuckForMin: number | null): Promise<number> {
    const { clock } = world.app.deps;
    const before = clock.now().getTime();
    if (stuckForMin !== null) await world.edit(order, { stuckAt: new Date(before - stuckForMin * 60_000) });
    await world.expire(order);
    const at = await world.fire(order);
    return ((at?.getTime() ?? 0) - before) / 60_000;
  }
  for (const [stuckForMin, least] of [
    [null, 5],
    [3, 5],
    [20, 20],
    [600, 60],
  ] as const) {
    const min = await putOffMin(stuckForMin);
    expect(min).toBeGreaterThanOrEqual(least);
    expect(min).toBeLessThan(least * 1.2 + 1);
  }
  expect(await world.records(order)).toEqual([]);
});

describe('close and cancel by hand in a process that lacks the order’s channel', () => {
  const by = (kind: CloseTrigger['kind']) => ({ kind, actor: 'li', clientIp: null });

  test.each([
    ['close', 'api', {}],
    ['close', 'admin', { ending: 'close', retryReason: 'misconfigured', retryCount: 2 }],
    ['cancel', 'manual', {}],
    ['cancel', 'admin', { ending: 'close' }],
    ['cancel', 'api', { status: 'success', paidAt: new Date(), nextCloseAt: null }],
  ] as ['close' | 'cancel', CloseTrigger['kind'], Partial<PaymentOrder>][])(
    '%s (%s): handed to a worker at once, not postponed, not stuck, no attempt used',
    async (ending, kind, set) => {
      const order = await world.edit(await world.create('wechat_pay'), { channelAccount: 'another', ...set });
      const act = { close: requestClose, cancel: requestCancel }[ending];
      const outcome = await act(world.app.deps, byId(order), by(kind));
      const after = await world.reload(order);
      expect(outcome).toMatchObject({
        kind: 'pending',
        reason: 'left_to_worker',
        retryAt: after.nextCloseAt,
      });
      const { nextCloseAt, ...rest } = after;
      expect(rest).toEqual({ ...order, ending, nextCloseAt: undefined });
      expect(nextCloseAt?.getTime()).toBeLessThanOrEqual(world.app.deps.clock.now().getTime());
      const job = await world.queue('wechat_pay').getJob(order.orderNo);
      expect([await job?.getState(), job?.name, job?.data]).toEqual([
        'waiting',
        kind,
        { orderNo: order.orderNo, actor: 'li' },
      ]);
      expect(await world.records(order)).toEqual([]);
    },
  );

  test('a due order stays due, and a leased one is due when the lease ends', async () => {
    const another = { channelAccount: 'another' };
    const due = await world.edit(await world.expire(await world.create('wechat_pay')), another);
    await requestClose(world.app.deps, byId(due), by('api'));
    expect((await world.reload(due)).nextCloseAt).toEqual(due.nextCloseAt);
    const leaseUntil = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
    const held = await world.edit(await world.create('wechat_pay'), { ...another, leaseUntil });
    await requestCancel(world.app.deps, byId(held), by('api'));
    expect(await world.reload(held)).toMatchObject({ ending: 'cancel', nextCloseAt: leaseUntil });
  });

  test('one that has ended is reported as ended', async () => {
    const order = await world.edit(await world.create('wechat_pay'), {
      ...{ channelAccount: 'another', status: 'close', closedAt: new Date(), nextCloseAt: null },
    });
    const outcome = await requestClose(world.app.deps, byId(order), by('admin'));
    expect(outcome).toEqual({ kind: 'ended', status: 'close' });
    expect(await world.reload(order)).toEqual(order);
  });
});

describe('on the command line', () => {
  test('stuck lists, reclose --stuck --dry-run queries, reclose --stuck restarts', async () => {
    const order = await stuck();
    const { orderNo } = order;
    expect(await run('stuck', '--channel', 'wechat_pay', '--reason', 'unreachable')).toEqual({
      code: 0,
      json: [
        expect.objectContaining({ orderNo, reason: 'unreachable', answer: expect.stringMatching(/^503/) }),
      ],
    });
    expect(await run('reclose', '--stuck', '--dry-run')).toEqual({
      code: 0,
      json: [expect.objectContaining({ orderNo, status: 'progress', says: 'unpaid' })],
    });
    expect((await world.reload(order)).stuckAt).toEqual(order.stuckAt);
    expect(await run('reclose', '--stuck', '--per-second', '5')).toMatchObject({
      code: 0,
      json: [{ enqueued: 1 }],
    });
    expect((await world.reload(order)).stuckAt).toBeNull();
    expect(await world.timerState(order)).toBe('waiting');
  }, 180_000);

  test.each([
    [['reclose'], /give order numbers/],
    [['reclose', 'A1', '--stuck'], /not both/],
    [['reclose', 'A1', '--channel', 'wechat_pay'], /require --stuck/],
    [['reclose', '--stuck', '--per-second', '0'], /whole number/],
    [['stuck', '--channel', 'paypal'], /wechat_pay, ali_pay, union_pay/],
  ])('%j is refused with the reason', async (args, message) => {
    let stderr = '';
    const commands = new Command().exitOverride().configureOutput({
      writeErr(text) {
        stderr += text;
      },
    });
    const open = () => Promise.reject(new Error('nothing is opened'));
    addRecloseCommand(commands, open);
    addStuckCommand(commands, open);
    await expect(commands.parseAsync(args, { from: 'user' })).rejects.toBeInstanceOf(CommanderError);
    expect(stderr).toMatch(message);
  });

  test('an unknown number is named, with exit code 1', async () => {
    const begun = await run('reclose', 'AC0');
    const asked = await run('reclose', 'AC0', '--dry-run');
    expect(begun).toEqual({ code: 1, json: [{ orderNo: 'AC0', kind: 'not_found' }] });
    expect(asked).toEqual({ code: 1, json: [{ orderNo: 'AC0', says: 'not_found_here' }] });
  });
});
