import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

describe('races are staged inside the server', () => {
  test('a payment right before the effect of a close wins', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    const payment = control.before('close', orderNo, () => control.pay(orderNo));
    const error = await failure(wechat.close(orderNo));
    expect(error.response?.data).toMatchObject({ code: 'ORDERPAID' });
    await payment.ran;
  });

  test('a payment right after the effect of a close is refused, and the hook rejects', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    const payment = failure(control.after('close', orderNo, () => control.pay(orderNo)).ran);
    expect((await wechat.close(orderNo)).status).toBe(204);
    expect((await payment).message).toMatch(/cannot be paid: it is CLOSED/);
  });

  test('a hook serves one request', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    let ran = 0;
    control.before('query', orderNo, () => {
      ran += 1;
    });
    await wechat.query(orderNo);
    await wechat.query(orderNo);
    expect(ran).toBe(1);
  });

  test('a hook for any order runs for the first one', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    const { ran } = control.before('query', null, () => {});
    await wechat.query(orderNo);
    await ran;
  });
});

describe('holds', () => {
  test.each([
    ['before', 'NOTPAY'],
    ['after', 'CLOSED'],
  ] as const)(
    'held %s the effect of its close, the order is %s, and the answer waits',
    async (when, state) => {
      const { wechat, control } = harness;
      const orderNo = await harness.wechatOrder();
      const hold = control.hold('close', orderNo, when);
      const closing = wechat.close(orderNo);
      await hold.arrived;
      expect(control.order(orderNo)?.state).toBe(state);
      expect(control.log({ operation: 'close', orderNo })).toEqual([]);
      hold.release();
      expect((await closing).status).toBe(204);
      expect(control.order(orderNo)?.state).toBe('CLOSED');
    },
  );

  test('two holds catch two requests, which can be released in any order', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    const [first, second] = [
      control.hold('close', orderNo, 'before'),
      control.hold('close', orderNo, 'before'),
    ];
    const closings = [wechat.close(orderNo), wechat.close(orderNo)];
    await Promise.all([first.arrived, second.arrived]);
    second.release();
    first.release();
    expect((await Promise.all(closings)).map(({ status }) => status)).toEqual([204, 204]);
  });

  test('a client that disconnects does not undo its request', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    const hold = control.hold('close', orderNo, 'before');
    const crash = new AbortController();
    const closing = failure(wechat.close(orderNo, { signal: crash.signal }));
    await hold.arrived;
    crash.abort();
    await closing;
    const seen = control.seen('close', orderNo);
    hold.release();
    await seen;
    expect(control.order(orderNo)?.state).toBe('CLOSED');
  });

  test('closing the simulator releases all waiters', async () => {
    const doomed = await openHarness();
    const orderNo = await doomed.wechatOrder();
    const hold = doomed.control.hold('query', orderNo, 'before');
    const query = failure(doomed.wechat.query(orderNo));
    await hold.arrived;
    await doomed.close();
    expect((await query).code).toBe('ECONNRESET');
  });
});

describe('the log', () => {
  test('lists every request with its verification, answer and fault', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    control.addFault({ kind: 'bad_signature', match: { operation: 'query', orderNo } });
    await failure(wechat.query(orderNo));
    expect(control.log({ orderNo })).toMatchObject([
      { operation: 'create', channel: 'wechat_pay', verified: 'ok', status: 200, fault: null },
      { operation: 'query', channel: 'wechat_pay', verified: 'ok', status: 200, fault: 'bad_signature' },
    ]);
  });

  test('`seen` resolves when the awaited request is answered', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    const seen = control.seen('close', orderNo);
    await control.pay(orderNo);
    await failure(wechat.close(orderNo));
    expect(await seen).toMatchObject({ status: 400, code: 'ORDERPAID' });
  });
});
