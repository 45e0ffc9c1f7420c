import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/simulator/exchange/faults.ts';
import { until } from '../support/until.ts';
import { curl, exec, failure, type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
beforeEach(() => harness.control.clearFaults());
afterAll(() => harness.close());

describe('faults that corrupt the answer keep the effect: WeChat', () => {
  test.each([
    ['bad_signature', 'EV3_RES_HEADER_SIGNATURE_DIGEST'],
    ['signtest', 'EV3_RES_HEADER_SIGNATURE_DIGEST'],
    ['missing_headers', 'EV3_RES_HEADERS_INCOMPLATE'],
    ['timestamp_skew', 'EV3_RES_HEADER_TIMESTAMP_OFFSET'],
    ['unknown_serial', 'EV3_RES_HEADER_PLATFORM_SERIAL'],
  ] as const)('%s: the SDK reports %s', async (kind, code) => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    control.addFault({ kind, match: { operation: 'close' } });
    const error = await failure(wechat.close(orderNo));
    expect(error.code).toBe(code);
    expect(error.response?.status).toBe(204);
    expect(control.order(orderNo)).toMatchObject({ state: 'CLOSED', payable: false });
  });

  test('truncated_body: the connection ends inside the answer', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    control.addFault({ kind: 'truncated_body', match: { operation: 'query' } });
    expect((await failure(wechat.query(orderNo))).message).toMatch(/aborted/);
  });

  test('wrong_content_type: still signed and readable', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    control.addFault({ kind: 'wrong_content_type', match: { operation: 'query' } });
    const reply = await wechat.query(orderNo);
    expect(reply.headers['content-type']).toBe('application/octet-stream');
  });
});

describe('faults that corrupt the answer keep the effect: Alipay', () => {
  async function scanned(): Promise<string> {
    const orderNo = await harness.alipayOrder();
    await harness.control.scan(orderNo);
    return orderNo;
  }

  test('bad_signature: the SDK rejects the answer in both protocols', async () => {
    const { alipay, control } = harness;
    control.addFault({ kind: 'bad_signature', match: { operation: 'close' } });
    const [first, second] = [await scanned(), await scanned()];
    const rest = await failure(curl(alipay, 'close', { out_trade_no: first }));
    expect(rest.code).toBe('response-signature-verify-error');
    const gateway = await failure(exec(alipay, 'alipay.trade.close', { out_trade_no: second }));
    expect(gateway.message).toMatch(/验签失败/);
    for (const orderNo of [first, second]) expect(control.order(orderNo)?.state).toBe('TRADE_CLOSED');
  });

  test('missing_headers: the SDK throws on the missing signature', async () => {
    const { alipay, control } = harness;
    control.addFault({ kind: 'missing_headers', match: { operation: 'query' } });
    const orderNo = await scanned();
    const rest = await failure(curl(alipay, 'query', { out_trade_no: orderNo }));
    expect(rest).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    const gateway = await failure(exec(alipay, 'alipay.trade.query', { out_trade_no: orderNo }));
    expect(gateway).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  test('truncated_body: no answer at all', async () => {
    const { alipay, control } = harness;
    control.addFault({ kind: 'truncated_body', match: { operation: 'query' } });
    const error = await failure(curl(alipay, 'query', { out_trade_no: await scanned() }));
    expect(error.message).toMatch(/^HttpClient Request error/);
  });

  test.each(['timestamp_skew', 'unknown_serial', 'wrong_content_type'] as const)(
    '%s: not checked by the SDK in key mode',
    async (kind) => {
      const { alipay, control } = harness;
      control.addFault({ kind, match: { operation: 'query' } });
      const reply = await curl(alipay, 'query', { out_trade_no: await scanned() });
      expect(reply.data).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
    },
  );
});

describe('faults that replace the answer', () => {
  const before: [string, Fault][] = [
    ['502 with HTML', { kind: 'status', status: 502, format: 'html' }],
    ['503 with JSON', { kind: 'status', status: 503 }],
    ['429', { kind: 'rate_limited' }],
    ['unknown error', { kind: 'unknown_error' }],
  ];

  test.each(before)(
    'WeChat, %s: the effect does not happen, or (after) has happened',
    async (_name, fault) => {
      const { wechat, control } = harness;
      const [first, second] = [await harness.wechatOrder(), await harness.wechatOrder()];
      control.addFault({ ...fault, match: { operation: 'close', orderNo: first } });
      control.addFault({ ...fault, when: 'after', match: { operation: 'close', orderNo: second } });
      for (const orderNo of [first, second]) {
        const error = await failure(wechat.close(orderNo));
        expect(error.code).toBe(
          (error.response?.status ?? 0) >= 500 ? 'ERR_BAD_RESPONSE' : 'ERR_BAD_REQUEST',
        );
      }
      expect(control.order(first)?.state).toBe('NOTPAY');
      expect(control.order(second)?.state).toBe('CLOSED');
    },
  );

  test('WeChat, 202 USER_PAYING: the SDK resolves', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    control.addFault({ kind: 'user_paying', match: { operation: 'close' } });
    expect((await wechat.close(orderNo)).status).toBe(202);
    expect(control.order(orderNo)?.state).toBe('NOTPAY');
  });

  test('Alipay REST v3: codes on the error, a raw SyntaxError for HTML', async () => {
    const { alipay, control } = harness;
    const query = async (fault: Fault) => {
      control.clearFaults();
      control.addFault(fault);
      return failure(curl(alipay, 'query', { out_trade_no: 'ANY' }));
    };
    const limited = await query({ kind: 'rate_limited' });
    expect(limited).toMatchObject({ code: 'app-call-limited', responseHttpStatus: 429 });
    const unknown = await query({ kind: 'unknown_error' });
    expect(unknown).toMatchObject({ code: 'unknow-error', responseHttpStatus: 500 });
    const html = await query({ kind: 'status', status: 502, format: 'html' });
    expect(html.name).toBe('SyntaxError');
    const json = await query({ kind: 'status', status: 503 });
    expect(json.responseHttpStatus).toBe(503);
  });

  test('Alipay gateway.do: 20000 under error_response fails verification; other statuses are named', async () => {
    const { alipay, control } = harness;
    const query = async (fault: Fault) => {
      control.clearFaults();
      control.addFault(fault);
      return failure(exec(alipay, 'alipay.trade.query', { out_trade_no: 'ANY' }));
    };
    expect((await query({ kind: 'unknown_error' })).message).toMatch(/验签失败/);
    expect((await query({ kind: 'status', status: 502, format: 'html' })).message).toMatch(/status: 502/);
    const page = await query({ kind: 'status', status: 200, format: 'html' });
    expect(page.message).toMatch(/Response 格式错误/);
    control.clearFaults();
    control.addFault({ kind: 'unknown_error' });
    const answer = await alipay.exec('alipay.trade.query', { bizContent: { out_trade_no: 'ANY' } });
    expect(answer).toMatchObject({ code: '20000', subCode: 'isp.unknow-error' });
    control.clearFaults();
    control.addFault({ kind: 'rate_limited' });
    const limited = await exec(alipay, 'alipay.trade.query', { out_trade_no: 'ANY' });
    expect(limited).toMatchObject({ code: '40005', subCode: 'isv.app-call-limited' });
  });
});

describe('connection faults', () => {
  test.each([
    ['reset', 'NOTPAY'],
    ['lost_reply', 'CLOSED'],
  ] as const)('WeChat, %s: ECONNRESET, and the order is %s', async (kind, state) => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    control.addFault({ kind, match: { operation: 'close' } });
    expect((await failure(wechat.close(orderNo))).code).toBe('ECONNRESET');
    expect(control.order(orderNo)?.state).toBe(state);
  });

  test.each([
    ['before', 'NOTPAY'],
    ['after', 'CLOSED'],
  ] as const)(
    'WeChat, a hang %s the effect: the client gives up, and the order is %s',
    async (when, state) => {
      const { wechat, control } = harness;
      const orderNo = await harness.wechatOrder();
      control.addFault({ kind: 'hang', when, match: { operation: 'close' } });
      const giveUp = new AbortController();
      const seen = control.seen('close', orderNo);
      const closing = failure(wechat.close(orderNo, { signal: giveUp.signal }));
      expect(await seen).toMatchObject({ status: null, fault: 'hang' });
      giveUp.abort();
      expect((await closing).code).toBe('ERR_CANCELED');
      expect(control.order(orderNo)?.state).toBe(state);
    },
  );

  test('Alipay: a reset fails the request', async () => {
    const { control, alipay } = harness;
    const resets = control.addFault({ kind: 'reset' });
    const reset = await failure(curl(alipay, 'query', { out_trade_no: 'ANY' }));
    expect(reset.message).toMatch(/^HttpClient Request error/);
    // The SDK's HTTP client retries a request once if its connection breaks.
    expect(resets.applied).toBe(2);
  });

  test('Alipay: a hang is never answered', async () => {
    const { control, alipay, close } = await openHarness();
    control.addFault({ kind: 'hang' });
    const seen = control.seen('query', 'ANY');
    const query = failure(curl(alipay, 'query', { out_trade_no: 'ANY' }));
    expect(await seen).toMatchObject({ status: null, fault: 'hang' });
    await close();
    expect((await query).message).toMatch(/^HttpClient Request error/);
  });

  test('latency passes on the simulator clock', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    const slow = control.addFault({ kind: 'latency', ms: 3600_000, match: { operation: 'query' } });
    const query = wechat.query(orderNo);
    await until('it is held up', () => slow.applied === 1);
    await control.clock.advance(3600_000);
    expect((await query).status).toBe(200);
  });
});

describe('stale reads', () => {
  test('a query returns the state before the last change, and the current state afterwards', async () => {
    const { wechat, alipay, control } = harness;
    control.addFault({ kind: 'stale_read', match: { operation: 'query', times: 2 } });
    const atWechat = await harness.wechatOrder();
    await wechat.close(atWechat);
    expect((await wechat.query(atWechat)).data).toMatchObject({ trade_state: 'NOTPAY' });
    const atAlipay = await harness.alipayOrder();
    await control.scan(atAlipay);
    const query = { out_trade_no: atAlipay };
    expect((await failure(curl(alipay, 'query', query))).code).toBe('ACQ.TRADE_NOT_EXIST');
    expect((await wechat.query(atWechat)).data).toMatchObject({ trade_state: 'CLOSED' });
    expect((await curl(alipay, 'query', query)).data).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
  });

  test('a lagging replica returns the state of that time ago', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    await control.clock.advance(60_000);
    await control.pay(orderNo);
    await control.clock.advance(20_000);
    control.addFault({ kind: 'stale_read', forMs: 30_000, match: { operation: 'query' } });
    expect((await wechat.query(orderNo)).data).toMatchObject({ trade_state: 'NOTPAY' });
    await control.clock.advance(20_000);
    expect((await wechat.query(orderNo)).data).toMatchObject({ trade_state: 'SUCCESS' });
  });
});

describe('which requests a fault applies to', () => {
  test('nth applies to the nth only, times to that many, and the count is reported', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    const second = control.addFault({ kind: 'rate_limited', match: { operation: 'query', nth: 2 } });
    const statuses: unknown[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      statuses.push(
        await wechat.query(orderNo).then(
          ({ status }) => status,
          (error) => error.response.status,
        ),
      );
    }
    expect(statuses).toEqual([200, 429, 200]);
    expect(second.applied).toBe(1);
  });

  test('another channel, operation or order is unaffected', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    control.addFault({ kind: 'reset', match: { channel: 'ali_pay' } });
    control.addFault({ kind: 'reset', match: { operation: 'close' } });
    control.addFault({ kind: 'reset', match: { orderNo: 'ANOTHER' } });
    expect((await wechat.query(orderNo)).status).toBe(200);
  });

  test('a probability uses the seed: the same requests in every run', async () => {
    const victims = async () => {
      const lottery = await openHarness({ seed: 7 });
      const orderNo = await lottery.wechatOrder();
      lottery.control.addFault({ kind: 'rate_limited', match: { operation: 'query', probability: 0.5 } });
      const hit: boolean[] = [];
      for (let turn = 0; turn < 12; turn += 1) {
        hit.push(
          await lottery.wechat.query(orderNo).then(
            () => false,
            () => true,
          ),
        );
      }
      await lottery.close();
      return hit;
    };
    const first = await victims();
    expect(new Set(first).size).toBe(2);
    expect(await victims()).toEqual(first);
  });
});
