import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { BuiltInChannel, Channel, ChannelOrder, NotificationResult } from '../../src/channel/channel.ts';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../support/simulator.ts';
import { outages, unverified } from './faults.ts';
import { adapters, anOrder, anybody, urlOf } from './support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterEach(() => {
  expect(simulator.control.log().filter(({ verified }) => verified !== 'ok')).toEqual([]);
  simulator.control.reset();
});
afterAll(() => simulator.close());

/** What differs between the channels within the same contract. */
interface Peculiarities {
  /** A created order that nobody has scanned. */
  untouched: 'unpaid' | 'not_found';
  scanned: 'unpaid' | 'not_found';
  paying: 'unpaid' | 'user_paying';
  refundedInFull: 'refunded' | 'paid';
  refundedInPart: 'refunded' | 'paid';
  /** Null if the channel has no close. */
  close: {
    untouched: 'accepted' | 'not_found';
    closed: 'accepted' | 'conflict';
    neverCreated: 'accepted' | 'not_found';
  } | null;
  /** The recorded answers of a creation, and of a call with a wrong key. */
  createdAnswer: string;
  wrongKeyAnswer: RegExp;
  /** Ways to forge a notification. */
  forgeries: ('tamper' | 'badSignature' | 'signtest' | 'badAad')[];
}

type OperationName = 'create' | 'query' | 'close';

/** Successes that an unverified answer must never produce. */
const successes: Record<OperationName, string> = { create: 'created', query: 'paid', close: 'accepted' };

channelContract('wechat_pay', {
  untouched: 'unpaid',
  scanned: 'unpaid',
  paying: 'unpaid',
  refundedInFull: 'refunded',
  refundedInPart: 'refunded',
  close: { untouched: 'accepted', closed: 'accepted', neverCreated: 'accepted' },
  createdAnswer: '200',
  wrongKeyAnswer: /^401 SIGN_ERROR/,
  forgeries: ['tamper', 'badSignature', 'signtest', 'badAad'],
});

channelContract('ali_pay', {
  untouched: 'not_found',
  scanned: 'unpaid',
  paying: 'unpaid',
  refundedInFull: 'refunded',
  refundedInPart: 'paid',
  close: { untouched: 'not_found', closed: 'conflict', neverCreated: 'not_found' },
  createdAnswer: '200',
  wrongKeyAnswer: /^400 invalid-signature/,
  forgeries: ['tamper', 'badSignature'],
});

channelContract('union_pay', {
  untouched: 'not_found',
  scanned: 'not_found',
  paying: 'user_paying',
  refundedInFull: 'paid',
  refundedInPart: 'paid',
  close: null,
  createdAnswer: '00 成功[0000000]',
  wrongKeyAnswer: /^11 验证签名失败/,
  forgeries: ['tamper', 'badSignature'],
});

function channelContract(name: BuiltInChannel, peculiar: Peculiarities): void {
  describe(name, () => {
    let channel: Channel;
    beforeAll(() => {
      channel = adapters[name](simulator);
    });
    const { untouched, close, forgeries } = peculiar;
    const operationNames: OperationName[] =
      close === null ? ['create', 'query'] : ['create', 'query', 'close'];
    const control = () => simulator.control;
    const kindOf = async (result: Promise<{ kind: string }>) => (await result).kind;

    async function created(overrides: Partial<ChannelOrder> = {}): Promise<ChannelOrder> {
      const order = anOrder(overrides);
      expect(await channel.create(order, anybody)).toMatchObject({ kind: 'created' });
      return order;
    }
    async function scanned(): Promise<ChannelOrder> {
      const order = await created();
      await control().scan(order.orderNo);
      return order;
    }
    async function paid(): Promise<ChannelOrder> {
      const order = await created();
      await control().pay(order.orderNo);
      return order;
    }
    /** An order for which the true answer is a success, and the call. */
    async function succeeding(operation: OperationName) {
      if (operation === 'create') {
        const order = anOrder();
        return { order, call: () => channel.create(order, anybody) };
      }
      const order = operation === 'query' ? await paid() : await scanned();
      return { order, call: () => channel[operation](order) };
    }

    describe('create', () => {
      test('returns the code of an order with its amount and deadline', async () => {
        const order = anOrder({ expiresAt: new Date(Math.ceil(Date.now() / 1000) * 1000 + 600_000) });
        const result = await channel.create(order, anybody);
        const atGateway = control().order(order.orderNo);
        expect(result).toEqual({ kind: 'created', answer: peculiar.createdAnswer, payBody: atGateway?.code });
        expect(atGateway).toMatchObject({
          channel: name,
          amountFen: 1234,
          payable: true,
          expiresAt: order.expiresAt,
        });
      });
      test('repeated, creates no second order', async () => {
        const order = await created();
        expect(await channel.create(order, anybody)).toMatchObject({ kind: 'created' });
        expect(control().orders()).toHaveLength(1);
      });
      test('repeated with other data is refused, with the reason', async () => {
        const order = await created();
        const result = await channel.create({ ...order, amountFen: 1 }, anybody);
        expect(result).toMatchObject({ kind: 'refused', message: expect.stringMatching(/./) });
        expect(control().order(order.orderNo)?.amountFen).toBe(1234);
      });
      test('of a paid order is refused', async () => {
        expect(await kindOf(channel.create(await paid(), anybody))).toBe('refused');
      });
      test('accepts a title of any length', async () => {
        await created({ title: '茶😀'.repeat(200) });
      });
    });

    describe('query', () => {
      test('untouched', async () => {
        expect(await kindOf(channel.query(await created()))).toBe(untouched);
      });
      test('scanned', async () => {
        expect(await kindOf(channel.query(await scanned()))).toBe(peculiar.scanned);
      });
      test('paid: the payment', async () => {
        const order = await paid();
        const atGateway = control().order(order.orderNo);
        const result = await channel.query(order);
        expect(result).toMatchObject({
          kind: 'paid',
          payment: { orderNo: order.orderNo, channelTradeNo: atGateway?.tradeNo, amountFen: 1234 },
        });
        if (result.kind !== 'paid') throw new Error(result.kind);
        const lateMs = (atGateway?.paidAt?.getTime() ?? 0) - result.payment.paidAt.getTime();
        expect(lateMs).toBeGreaterThanOrEqual(0);
        expect(lateMs).toBeLessThan(1000);
      });
      test('refunded in full: still the payment', async () => {
        const order = await paid();
        await control().refund(order.orderNo);
        expect(await channel.query(order)).toMatchObject({
          kind: peculiar.refundedInFull,
          payment: { amountFen: 1234 },
        });
      });
      test('refunded in part: money moved, never unpaid or closed', async () => {
        const order = await paid();
        await control().refund(order.orderNo, 34);
        expect(await kindOf(channel.query(order))).toBe(peculiar.refundedInPart);
      });
      test('never created: not found', async () => {
        expect(await kindOf(channel.query(anOrder()))).toBe('not_found');
      });
      test('the customer is typing the password: undecided', async () => {
        const order = await scanned();
        await control().beginPay(order.orderNo);
        expect(await kindOf(channel.query(order))).toBe(peculiar.paying);
      });
    });

    if (close === null) {
      test('there is no close, and no request is sent', async () => {
        const order = await created();
        expect(await kindOf(channel.close(order))).toBe('unsupported');
        expect(control().log({ orderNo: order.orderNo })).toHaveLength(1);
      });
    } else {
      describe('close', () => {
        test('untouched', async () => {
          expect(await kindOf(channel.close(await created()))).toBe(close.untouched);
        });
        test('scanned: accepted, and the order can no longer be paid', async () => {
          const order = await scanned();
          expect(await kindOf(channel.close(order))).toBe('accepted');
          expect(control().order(order.orderNo)?.payable).toBe(false);
        });
        test('closed before', async () => {
          const order = await scanned();
          await channel.close(order);
          expect(await kindOf(channel.close(order))).toBe(close.closed);
          expect(await kindOf(channel.query(order))).toBe('closed');
        });
        test('paid: conflict', async () => {
          expect(await kindOf(channel.close(await paid()))).toBe('conflict');
        });
        test('never created', async () => {
          expect(await kindOf(channel.close(anOrder()))).toBe(close.neverCreated);
        });
      });
    }

    describe.each(operationNames)('%s, without a usable answer', (operation) => {
      test.each(Object.entries(outages))('%s: unknown', async (_, fault) => {
        const { order, call } = await succeeding(operation);
        control().addFault({ ...fault, match: { operation, orderNo: order.orderNo } });
        expect(await kindOf(call())).toBe('unknown');
        expect(control().log({ operation, orderNo: order.orderNo })).toHaveLength(1);
      });
      test.each(unverified[name])('an unverified success (%o): unknown', async (fault, why) => {
        const { order, call } = await succeeding(operation);
        control().addFault({ ...fault, match: { operation, orderNo: order.orderNo } });
        const result = await call();
        expect(result.kind).toBe('unknown');
        expect(result.answer).toMatch(new RegExp(`^(200|204) ${why}$`));
      });
      test('no answer at all: unknown, within the deadline', async () => {
        const { order } = await succeeding(operation);
        const impatient = adapters[name](simulator, { callTimeoutMs: 200 });
        control().addFault({ kind: 'hang', match: { operation, orderNo: order.orderNo } });
        expect(await impatient[operation](order, anybody)).toEqual({
          kind: 'unknown',
          answer: 'timeout after 200 ms',
        });
      });
      test('an answer with a valid signature is accepted with any content type', async () => {
        const { order, call } = await succeeding(operation);
        control().addFault({ kind: 'wrong_content_type', match: { operation, orderNo: order.orderNo } });
        expect(await kindOf(call())).toBe(successes[operation]);
      });
      test('too many requests: rate limited', async () => {
        const { order, call } = await succeeding(operation);
        control().addFault({ kind: 'rate_limited', match: { operation, orderNo: order.orderNo } });
        expect(await kindOf(call())).toBe('rate_limited');
      });
      test('the connection pool still works afterwards', async () => {
        const { order, call } = await succeeding(operation);
        const fault = control().addFault({ kind: 'reset', match: { orderNo: order.orderNo } });
        await Promise.all([call(), call(), call()]);
        fault.remove();
        expect(await kindOf(call())).toBe(successes[operation]);
      });
    });

    test.each(['create', 'query'] as const)('%s, truncated: unknown', async (operation) => {
      const { order, call } = await succeeding(operation);
      control().addFault({ kind: 'truncated_body', match: { operation, orderNo: order.orderNo } });
      expect(await kindOf(call())).toBe('unknown');
    });

    test('a wrong key: misconfigured, and no secret in the answer', async () => {
      const stranger = adapters[name](simulator, { privateKey: simulator.keys.stranger.privateKey });
      const order = await scanned();
      for (const operation of operationNames) {
        const result = await stranger[operation](order, anybody);
        expect(result.kind).toBe('misconfigured');
        expect(result.answer).toMatch(peculiar.wrongKeyAnswer);
        expect(result.answer.length).toBeLessThanOrEqual(200);
      }
      // These requests failed verification on purpose.
      simulator.control.reset();
    });

    describe('notifications', () => {
      /** A payment, notified to an endpoint that answers as the channel requires. */
      async function notified(prepare: (orderNo: string) => void) {
        const endpoint = await listenTo(channel);
        const notifying = adapters[name](simulator, { notifyUrl: endpoint.url });
        const order = anOrder();
        await notifying.create(order, anybody);
        prepare(order.orderNo);
        const delivered = control().notifications.delivered(order.orderNo);
        await control().pay(order.orderNo);
        return { order, delivery: await delivered, results: endpoint.results };
      }

      test('a payment is parsed, and the reply stops the retries', async () => {
        const { order, delivery, results } = await notified(() => {});
        const channelTradeNo = control().order(order.orderNo)?.tradeNo;
        expect(results).toMatchObject([
          { kind: 'payment', payment: { orderNo: order.orderNo, channelTradeNo, amountFen: 1234 } },
        ]);
        expect(delivery.accepted).toBe(true);
      });
      test('a resent payment has the same event id', async () => {
        const { order, results } = await notified(() => {});
        await control().notifications.resend(order.orderNo);
        const [first, second] = results;
        expect(results).toHaveLength(2);
        expect(first).toEqual(second);
      });
      test.each(forgeries)('%s: rejected, and the reply requests a retry', async (fault) => {
        const { order, delivery, results } = await notified((orderNo) =>
          control().notifications[fault](orderNo),
        );
        expect(results).toMatchObject([{ kind: 'rejected' }]);
        expect(delivery.accepted).toBe(false);
        await control().notifications.flush();
        expect(results[1]).toMatchObject({ kind: 'payment', payment: { orderNo: order.orderNo } });
      });
    });
  });
}

/** An endpoint that parses a channel's notifications, and replies as that channel expects. */
async function listenTo(channel: Channel) {
  const results: NotificationResult[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const result = channel.parseNotification({ headers: request.headers, body: Buffer.concat(chunks) });
    results.push(result);
    const { status, contentType, body } = channel.replies[result.kind === 'rejected' ? 'failed' : 'accepted'];
    response.writeHead(status, { 'Content-Type': contentType }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { results, url: urlOf(server) };
}

describe('WeChat Pay only', () => {
  let channel: Channel;
  beforeAll(() => {
    channel = adapters.wechat_pay(simulator);
  });

  test.each([
    [429, 'rate_limited'],
    [202, 'user_paying'],
  ] as const)('closing while the customer is paying: %d, %s', async (closeWhilePaying, kind) => {
    simulator.control.settings.closeWhilePaying = closeWhilePaying;
    const order = anOrder();
    await channel.create(order, anybody);
    await simulator.control.beginPay(order.orderNo);
    expect((await channel.close(order)).kind).toBe(kind);
  });

  test('an order of another application is a mismatch', async () => {
    const order = anOrder();
    await channel.create(order, anybody);
    const other = adapters.wechat_pay(simulator, { appId: 'wxffffffffffffffff' });
    expect((await other.query(order)).kind).toBe('mismatch');
  });

  test('an unknown number, if answered with 404 as documented: not found', async () => {
    simulator.control.settings.strict404 = true;
    expect((await channel.close(anOrder())).kind).toBe('not_found');
  });

  test('an unknown number stays payable until its creation can no longer arrive', () => {
    const order = anOrder({ expiresAt: new Date(1_000_000), createAttemptedAt: new Date(0) });
    expect(channel.unpayableFrom(order)).toEqual(new Date(1_060_000));
    expect(channel.unpayableFrom({ ...order, expiresAt: new Date(1_000) })).toEqual(new Date(125_000));
    expect(channel.closesSoftly(order)).toBe(false);
  });
});

describe('Alipay only', () => {
  let channel: Channel;
  beforeAll(() => {
    channel = adapters.ali_pay(simulator);
  });

  test.each([
    'ACQ.TRADE_STATUS_ERROR',
    'ACQ.REASON_TRADE_STATUS_INVALID',
    'ACQ.REASON_ILLEGAL_STATUS',
  ] as const)('closing a paid order: %s is a conflict', async (alipayCloseRefusal) => {
    simulator.control.settings.alipayCloseRefusal = alipayCloseRefusal;
    const order = anOrder();
    await channel.create(order, anybody);
    await simulator.control.pay(order.orderNo);
    expect(await channel.close(order)).toMatchObject({
      kind: 'conflict',
      answer: `400 ${alipayCloseRefusal} 交易状态不合法`,
    });
  });

  test('TRADE_FINISHED is paid', async () => {
    const order = anOrder();
    await channel.create(order, anybody);
    await simulator.control.pay(order.orderNo);
    await simulator.control.finish(order.orderNo);
    expect((await channel.query(order)).kind).toBe('paid');
  });

  test('a code is valid until its deadline, and never longer than two hours', () => {
    const order = anOrder({ expiresAt: new Date(1_000_000), createAttemptedAt: new Date(0) });
    expect(channel.unpayableFrom(order)).toEqual(new Date(1_060_000));
    expect(channel.unpayableFrom({ ...order, expiresAt: new Date(9_000_000) })).toEqual(new Date(7_260_000));
    expect(channel.closesSoftly(order)).toBe(true);
  });
});

describe('UnionPay only', () => {
  test('an order can be paid until its payTimeout, and is neither closed nor soft-closed before', () => {
    const channel = adapters.union_pay(simulator);
    const order = anOrder({ expiresAt: new Date(1_000_000) });
    expect(channel.unpayableFrom(order)).toEqual(new Date(1_090_000));
    expect(channel.showsUntouched(order)).toBe(false);
    expect(channel.closesSoftly(order)).toBe(false);
  });
});

describe('a process whose clock is ahead of the gateway’s', () => {
  test('does not treat UnionPay’s “not paid” as final before the deadline by the gateway’s clock', async () => {
    simulator.control.settings.unionpayUnpaid = '86';
    const expiresAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 300_000);
    const order = anOrder({ expiresAt });
    const ahead = { now: () => new Date(Date.now() + 600_000) };
    const channel = adapters.union_pay(simulator, {}, ahead);
    expect(await channel.create(order, anybody)).toMatchObject({ kind: 'created' });
    expect(await channel.query(order)).toMatchObject({ kind: 'unpaid', statedAt: expect.any(Date) });
    await simulator.control.clock.advance(600_000);
    expect(await channel.query(order)).toMatchObject({ kind: 'closed' });
  });

  test.each(Object.values(adapters))('reads the gateway’s time from a query', async (adapter) => {
    await simulator.control.clock.advance(7_200_000);
    const order = anOrder();
    const { statedAt } = await adapter(simulator).query(order);
    const behindMs = simulator.control.clock.now().getTime() - (statedAt?.getTime() ?? 0);
    expect(behindMs).toBeGreaterThanOrEqual(0);
    expect(behindMs).toBeLessThan(60_000);
  });
});
