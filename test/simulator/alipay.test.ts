import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alipayClient, curl, exec, failure, type Harness, openHarness } from './harness.ts';

const HOUR_MS = 3600_000;

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

describe('the unmodified Alipay SDK works with the simulator over REST v3', () => {
  test('precreate creates no trade: query and close do not find one, and the code stays payable', async () => {
    const { alipay, control, newOrderNo } = harness;
    const orderNo = newOrderNo();
    const body = { out_trade_no: orderNo, total_amount: '12.34', subject: '测试商品' };
    const created = await curl(alipay, 'precreate', body);
    expect(created.data).toMatchObject({ out_trade_no: orderNo, qr_code: expect.stringMatching(/^https:/) });
    for (const path of ['query', 'close']) {
      const error = await failure(curl(alipay, path, { out_trade_no: orderNo }));
      expect(error).toMatchObject({ code: 'ACQ.TRADE_NOT_EXIST', responseHttpStatus: 400 });
    }
    expect(control.order(orderNo)).toMatchObject({ state: 'NO_TRADE', payable: true, amountFen: 1234 });
  });

  test('scanned, queried, closed', async () => {
    const { alipay, control } = harness;
    const orderNo = await harness.alipayOrder();
    await control.scan(orderNo);
    const query = () => curl(alipay, 'query', { out_trade_no: orderNo });
    expect((await query()).data).toMatchObject({ trade_status: 'WAIT_BUYER_PAY', total_amount: '1.00' });
    const tradeNo = control.order(orderNo)?.tradeNo;
    const closed = await curl(alipay, 'close', { trade_no: tradeNo });
    expect(closed.data).toEqual({ out_trade_no: orderNo, trade_no: tradeNo });
    expect((await query()).data).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect((await query()).data).not.toHaveProperty('send_pay_date');
    expect(control.order(orderNo)?.payable).toBe(false);
  });

  test('a full refund closes the trade and keeps the payment date; a partial one changes nothing else', async () => {
    const { alipay, control } = harness;
    const orderNo = await harness.alipayOrder();
    await control.pay(orderNo);
    const refund = (amount: string, requestNo: string) =>
      curl(alipay, 'refund', { out_trade_no: orderNo, refund_amount: amount, out_request_no: requestNo });
    expect((await refund('0.30', 'a')).data).toMatchObject({ fund_change: 'Y', refund_fee: '0.30' });
    expect((await refund('0.30', 'a')).data).toMatchObject({ fund_change: 'N', refund_fee: '0.30' });
    expect(control.order(orderNo)).toMatchObject({ state: 'TRADE_SUCCESS', refundedFen: 30 });
    expect((await failure(refund('0.71', 'b'))).code).toBe('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
    await refund('0.70', 'b');
    const { data } = await curl(alipay, 'query', { out_trade_no: orderNo });
    expect(data).toMatchObject({ trade_status: 'TRADE_CLOSED', send_pay_date: expect.any(String) });
    expect((await failure(refund('0.01', 'c'))).code).toBe('ACQ.TRADE_HAS_CLOSE');
  });

  test('fund_change N: the refund query has no status until the refund has settled', async () => {
    const { alipay, control } = harness;
    const orderNo = await harness.alipayOrder();
    await control.pay(orderNo);
    control.settings.alipayFundChange = 'N';
    const refund = { out_trade_no: orderNo, refund_amount: '1.00', out_request_no: 'slow' };
    expect((await curl(alipay, 'refund', refund)).data).toMatchObject({ fund_change: 'N' });
    control.settings.alipayFundChange = 'Y';
    const query = () =>
      curl(alipay, 'fastpay/refund/query', { out_trade_no: orderNo, out_request_no: 'slow' });
    expect((await query()).data).not.toHaveProperty('refund_status');
    await control.clock.advance(10_000);
    expect((await query()).data).toMatchObject({ refund_status: 'REFUND_SUCCESS' });
  });
});

describe('the unmodified Alipay SDK works with the simulator over gateway.do', () => {
  test('precreate, query, close with verified signatures, slashes escaped or not', async () => {
    const { alipay, control, newOrderNo } = harness;
    for (const escapeSlashes of [true, false]) {
      control.settings.escapeSlashes = escapeSlashes;
      const orderNo = newOrderNo();
      const created = await exec(alipay, 'alipay.trade.precreate', {
        out_trade_no: orderNo,
        total_amount: '1.00',
        subject: '测试 & 商品',
      });
      expect(created).toMatchObject({ code: '10000', qrCode: expect.stringMatching(/^https:\/\//) });
      await control.scan(orderNo);
      const closed = await exec(alipay, 'alipay.trade.close', { out_trade_no: orderNo });
      expect(closed).toMatchObject({ code: '10000', outTradeNo: orderNo });
      const query = await exec(alipay, 'alipay.trade.query', { out_trade_no: orderNo });
      expect(query).toMatchObject({ code: '10000', tradeStatus: 'TRADE_CLOSED' });
    }
    control.settings.escapeSlashes = true;
  });

  test('a business failure is returned, signed, as 40004', async () => {
    const answer = await exec(harness.alipay, 'alipay.trade.query', { out_trade_no: 'NEVER-CREATED' });
    expect(answer).toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' });
  });

  test('a foreign app is refused without a signature, which the SDK reports as a TypeError', async () => {
    const { env } = harness.simulator;
    const foreign = alipayClient({ ...env, ALIPAY_APP_ID: '2021999999999999' });
    const query = { out_trade_no: 'ANY' };
    const verified = await failure(exec(foreign, 'alipay.trade.query', query));
    expect(verified).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    const unverified = await foreign.exec('alipay.trade.query', { bizContent: query });
    expect(unverified).toMatchObject({ code: '40002', subCode: 'isv.invalid-app-id' });
    const rest = await failure(curl(foreign, 'query', query));
    expect(rest).toMatchObject({ code: 'invalid-app-id', responseHttpStatus: 400 });
  });

  test('a foreign key is isv.invalid-signature, an unknown method isv.invalid-method', async () => {
    const { env, keys } = harness.simulator;
    const pem = keys.stranger.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const foreign = alipayClient({ ...env, ALIPAY_PRIVATE_KEY: pem });
    const query = { bizContent: { out_trade_no: 'ANY' } };
    const refused = await foreign.exec('alipay.trade.query', query);
    expect(refused).toMatchObject({ code: '40002', subCode: 'isv.invalid-signature' });
    const unknown = await harness.alipay.exec('alipay.trade.unheard.of', query);
    expect(unknown).toMatchObject({ code: '40002', subCode: 'isv.invalid-method' });
  });
});

describe('cancel', () => {
  const cancel = async (orderNo: string) =>
    (await curl(harness.alipay, 'cancel', { out_trade_no: orderNo })).data;

  test('without a trade it succeeds without an action, and the code stays payable', async () => {
    const orderNo = await harness.alipayOrder();
    const answer = await cancel(orderNo);
    expect(answer).toEqual({ out_trade_no: orderNo, retry_flag: 'N' });
    expect(harness.control.order(orderNo)?.payable).toBe(true);
  });

  test('unpaid is closed, paid is refunded, finished is refused, and after 24 hours it is too late', async () => {
    const { alipay, control } = harness;
    const unpaid = await harness.alipayOrder();
    await control.scan(unpaid);
    expect(await cancel(unpaid)).toMatchObject({ action: 'close', retry_flag: 'N' });
    const paid = await harness.alipayOrder();
    await control.pay(paid);
    expect(await cancel(paid)).toMatchObject({ action: 'refund' });
    expect(control.order(paid)).toMatchObject({ state: 'TRADE_CLOSED', refundedFen: 100 });
    const finished = await harness.alipayOrder();
    await control.pay(finished);
    await control.finish(finished);
    const late = await harness.alipayOrder();
    await control.pay(late);
    await control.clock.advance(25 * HOUR_MS);
    const code = async (orderNo: string) =>
      (await failure(curl(alipay, 'cancel', { out_trade_no: orderNo }))).code;
    expect(await code(finished)).toBe('ACQ.TRADE_HAS_FINISHED');
    expect(await code(late)).toBe('ACQ.TRADE_CANCEL_TIME_OUT');
  });

  test('retry_flag Y as often as configured, without an effect', async () => {
    const { control } = harness;
    const orderNo = await harness.alipayOrder();
    await control.scan(orderNo);
    control.settings.alipayCancelRetries = 1;
    expect(await cancel(orderNo)).toMatchObject({ retry_flag: 'Y' });
    expect(control.order(orderNo)?.payable).toBe(true);
    expect(await cancel(orderNo)).toMatchObject({ retry_flag: 'N', action: 'close' });
  });
});

describe('every other row of the code table', () => {
  test.each([
    'ACQ.TRADE_STATUS_ERROR',
    'ACQ.REASON_TRADE_STATUS_INVALID',
    'ACQ.REASON_ILLEGAL_STATUS',
  ] as const)('closing what is paid or closed: %s', async (code) => {
    const { alipay, control } = harness;
    control.settings.alipayCloseRefusal = code;
    const paid = await harness.alipayOrder();
    await control.pay(paid);
    const closed = await harness.alipayOrder();
    await control.scan(closed);
    await curl(alipay, 'close', { out_trade_no: closed });
    for (const orderNo of [paid, closed]) {
      expect((await failure(curl(alipay, 'close', { out_trade_no: orderNo }))).code).toBe(code);
    }
  });

  test.each([
    ['query', 'ACQ.SYSTEM_ERROR', '40004'],
    ['close', 'ACQ.SYSTEM_ERROR', '40004'],
    ['close', 'ACQ.INVALID_PARAMETER', '40004'],
    ['cancel', 'ACQ.REASON_TRADE_BEEN_FREEZEN', '40004'],
    ['cancel', 'ACQ.SELLER_BALANCE_NOT_ENOUGH', '40004'],
    ['cancel', 'ACQ.CANCEL_NOT_ALLOWED', '40004'],
    ['close', 'isv.insufficient-isv-permissions', '40006'],
    ['close', 'aop.invalid-app-auth-token', '20001'],
  ] as const)('%s %s by a fault, in both protocols', async (operation, code, publicCode) => {
    const { alipay, control } = harness;
    const orderNo = await harness.alipayOrder();
    await control.scan(orderNo);
    control.addFault({ kind: 'error', code, publicCode, match: { operation, orderNo, times: 2 } });
    const rest = await failure(curl(alipay, operation, { out_trade_no: orderNo }));
    expect(rest.code).toBe(code.replace(/^(isv|aop)\./, ''));
    const answer = await alipay.exec(`alipay.trade.${operation}`, {
      bizContent: { out_trade_no: orderNo },
    });
    expect(answer).toMatchObject({ code: publicCode, subCode: code });
    expect(control.order(orderNo)).toMatchObject({ state: 'WAIT_BUYER_PAY', payable: true });
  });
});

describe('time', () => {
  const beijing = (ms: number) => new Date(ms + 8 * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
  const now = () => harness.control.clock.now().getTime();

  test('a code is valid for two hours at most, even if the order is valid longer', async () => {
    const { control } = harness;
    const orderNo = await harness.alipayOrder({ time_expire: beijing(now() + 5 * HOUR_MS) });
    await control.clock.advance(2 * HOUR_MS + 1000);
    expect(control.order(orderNo)?.payable).toBe(false);
    await expect(control.scan(orderNo)).rejects.toThrow(/its code has expired/);
  });

  test('a code expires at its time_expire, and so does a scanned trade', async () => {
    const { alipay, control } = harness;
    const timeExpire = beijing(now() + HOUR_MS);
    const scanned = await harness.alipayOrder({ time_expire: timeExpire });
    await control.scan(scanned);
    const alone = await harness.alipayOrder({ time_expire: timeExpire });
    await control.clock.advance(HOUR_MS + 1000);
    expect(control.order(alone)).toMatchObject({ state: 'NO_TRADE', payable: false });
    expect(control.order(scanned)).toMatchObject({ state: 'TRADE_CLOSED', payable: false });
    expect((await curl(alipay, 'query', { out_trade_no: scanned })).data).toMatchObject({
      trade_status: 'TRADE_CLOSED',
    });
  });

  test('repeated: the same data create a new code with a new lifetime, other data are refused', async () => {
    const { alipay, control, newOrderNo } = harness;
    const body = { out_trade_no: newOrderNo(), total_amount: '1.00', subject: 'x', timeout_express: '1d' };
    const first = await curl(alipay, 'precreate', body);
    await control.clock.advance(1.5 * HOUR_MS);
    const second = await curl(alipay, 'precreate', body);
    expect(second.data.qr_code).not.toBe(first.data.qr_code);
    await control.clock.advance(1.5 * HOUR_MS);
    expect(control.order(body.out_trade_no)?.payable).toBe(true);
    const other = await failure(curl(alipay, 'precreate', { ...body, total_amount: '2.00' }));
    expect(other.code).toBe('ACQ.APPLY_PC_MERCHANT_CODE_ERROR');
  });

  test('paid and closed trades are not created again', async () => {
    const { alipay, control, newOrderNo } = harness;
    const body = { out_trade_no: newOrderNo(), total_amount: '1.00', subject: 'x' };
    await curl(alipay, 'precreate', body);
    await control.pay(body.out_trade_no);
    expect((await failure(curl(alipay, 'precreate', body))).code).toBe('ACQ.TRADE_HAS_SUCCESS');
    await control.refund(body.out_trade_no);
    expect((await failure(curl(alipay, 'precreate', body))).code).toBe('ACQ.TRADE_HAS_CLOSE');
  });
});
