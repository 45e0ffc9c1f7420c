import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NotPayable } from '../../src/sandbox/simulator/snapshot.ts';
import {
  alipayClient,
  curl,
  exec,
  failure,
  type Harness,
  type Merchant,
  openHarness,
  openMerchant,
} from './harness.ts';

const HOUR_MS = 3600_000;

let harness: Harness;
let merchant: Merchant;
beforeAll(async () => {
  harness = await openHarness();
  merchant = await openMerchant();
});
afterAll(async () => {
  await harness.close();
  await merchant.close();
});

const order = (more: object = {}) => ({
  out_trade_no: harness.newOrderNo(),
  total_amount: '1.00',
  subject: '测试 & 商品 +1',
  ...more,
});
const beijing = (ms: number) => new Date(ms + 8 * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
const inOneHour = () => beijing(harness.control.clock.now().getTime() + HOUR_MS);

describe('barcode', () => {
  const barcode = (more: object = {}) =>
    order({ scene: 'bar_code', auth_code: '280000000000000001', ...more });

  async function waiting() {
    const body = barcode({ notify_url: merchant.url });
    harness.control.settings.codePayAsksPassword = true;
    const reply = await curl(harness.alipay, 'pay', body);
    harness.control.settings.codePayAsksPassword = false;
    return { body, orderNo: body.out_trade_no, reply };
  }

  test('pays at once, and notifies', async () => {
    const { alipay, control } = harness;
    const body = barcode({ notify_url: merchant.url });
    const { data } = await curl(alipay, 'pay', body);
    expect(data).toMatchObject({
      out_trade_no: body.out_trade_no,
      trade_no: control.order(body.out_trade_no)?.tradeNo,
      total_amount: '1.00',
      gmt_payment: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(control.order(body.out_trade_no)).toMatchObject({ kind: 'pay', state: 'TRADE_SUCCESS' });
    await expect(control.notifications.delivered(body.out_trade_no)).resolves.toMatchObject({
      accepted: true,
    });
  });

  test('waits for the password: a trade without gmt_payment, paid later', async () => {
    const { alipay, control } = harness;
    const { orderNo, reply } = await waiting();
    expect(reply.data).toMatchObject({ trade_no: expect.any(String), receipt_amount: '0.00' });
    expect(reply.data).not.toHaveProperty('gmt_payment');
    expect(control.order(orderNo)).toMatchObject({ state: 'WAIT_BUYER_PAY', paying: true });
    await control.finishPay(orderNo);
    const { data } = await curl(alipay, 'query', { out_trade_no: orderNo });
    expect(data).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
  });

  test('gateway.do returns 10000 or 10003', async () => {
    const { alipay, control } = harness;
    const paid = await exec(alipay, 'alipay.trade.pay', barcode());
    expect(paid).toMatchObject({ code: '10000', gmtPayment: expect.any(String) });
    control.settings.codePayAsksPassword = true;
    const inProcess = await exec(alipay, 'alipay.trade.pay', barcode());
    control.settings.codePayAsksPassword = false;
    expect(inProcess).toMatchObject({ code: '10003', tradeNo: expect.any(String) });
    expect(inProcess).not.toHaveProperty('gmtPayment');
  });

  test('cancel closes what is unpaid, also while the customer is typing, and refunds what is paid', async () => {
    const { alipay, control } = harness;
    const { orderNo } = await waiting();
    const cancel = async (number: string) => (await curl(alipay, 'cancel', { out_trade_no: number })).data;
    expect(await cancel(orderNo)).toMatchObject({ action: 'close', retry_flag: 'N' });
    await expect(control.finishPay(orderNo)).rejects.toThrow(NotPayable);
    const paid = barcode();
    await curl(alipay, 'pay', paid);
    expect(await cancel(paid.out_trade_no)).toMatchObject({ action: 'refund' });
    expect(control.order(paid.out_trade_no)).toMatchObject({ refundedFen: 100, state: 'TRADE_CLOSED' });
  });

  test('an unpaid trade can be tried again with a new code; a paid, closed or different one cannot', async () => {
    const { alipay, control } = harness;
    const { body, orderNo } = await waiting();
    await control.finishPay(orderNo, false);
    const pay = (more: object) => curl(alipay, 'pay', { ...body, ...more });
    const different = await failure(pay({ total_amount: '2.00' }));
    expect(different.code).toBe('ACQ.CONTEXT_INCONSISTENT');
    await pay({ auth_code: '280000000000000002' });
    expect(control.order(orderNo)?.state).toBe('TRADE_SUCCESS');
    expect((await failure(pay({}))).code).toBe('ACQ.TRADE_HAS_SUCCESS');
    await control.refund(orderNo);
    expect((await failure(pay({}))).code).toBe('ACQ.TRADE_HAS_CLOSE');
  });

  test.each([
    ['ACQ.PAYMENT_AUTH_CODE_INVALID', { auth_code: '130000000000000001' }],
    ['ACQ.INVALID_PARAMETER', { scene: '' }],
    ['ACQ.INVALID_PARAMETER', { time_expire: '2020-01-01 00:00:00' }],
  ])('%s for %o', async (code, more) => {
    const body = barcode(more);
    expect((await failure(curl(harness.alipay, 'pay', body))).code).toBe(code);
    expect(harness.control.order(body.out_trade_no)).toBeNull();
  });
});

describe('jsapi', () => {
  test('the trade exists at once, and the same data find it again', async () => {
    const { alipay, control } = harness;
    const body = order({ buyer_open_id: '0000buyer', time_expire: inOneHour() });
    const first = await curl(alipay, 'create', body);
    const again = await curl(alipay, 'create', body);
    expect(first.data).toEqual({
      out_trade_no: body.out_trade_no,
      trade_no: control.order(body.out_trade_no)?.tradeNo,
    });
    expect(again.data).toEqual(first.data);
    expect(control.order(body.out_trade_no)).toMatchObject({ kind: 'create', state: 'WAIT_BUYER_PAY' });
    const other = await failure(curl(alipay, 'create', { ...body, subject: 'x' }));
    expect(other.code).toBe('ACQ.CONTEXT_INCONSISTENT');
    await curl(alipay, 'close', { out_trade_no: body.out_trade_no });
    await expect(control.pay(body.out_trade_no)).rejects.toThrow(NotPayable);
  });

  test('a trade expires at its time_expire', async () => {
    const { alipay, control } = harness;
    const body = order({ buyer_id: '2088000000009999', time_expire: inOneHour() });
    await curl(alipay, 'create', body);
    await control.clock.advance(HOUR_MS + 1000);
    expect(control.order(body.out_trade_no)).toMatchObject({ state: 'TRADE_CLOSED', payable: false });
  });

  test('without a buyer it is refused', async () => {
    const error = await failure(curl(harness.alipay, 'create', order()));
    expect(error.code).toBe('ACQ.INVALID_PARAMETER');
  });
});

const links = [
  ['wap', (bizContent: object) => page('alipay.trade.wap.pay', bizContent)],
  ['page', (bizContent: object) => page('alipay.trade.page.pay', bizContent)],
  [
    'app',
    (bizContent: object) =>
      harness.alipay.sdkExec('alipay.trade.app.pay', { notify_url: merchant.url, bizContent }),
  ],
] as const;
const page = (method: string, bizContent: object) =>
  harness.alipay.pageExec(method, 'GET', { notify_url: merchant.url, bizContent });

describe.each(links)('%s: signed by the SDK, without a call', (kind, sign) => {
  test('Alipay does not know the order until the customer opens it', async () => {
    const { alipay, control } = harness;
    const body = order({ time_expire: inOneHour() });
    const orderNo = body.out_trade_no;
    const link = sign(body);
    expect(control.order(orderNo)).toBeNull();
    for (const path of ['query', 'close']) {
      const error = await failure(curl(alipay, path, { out_trade_no: orderNo }));
      expect(error.code).toBe('ACQ.TRADE_NOT_EXIST');
    }
    expect(await control.open(link)).toBe(orderNo);
    expect(await control.open(link)).toBe(orderNo);
    const { data } = await curl(alipay, 'query', { out_trade_no: orderNo });
    expect(data).toMatchObject({ trade_status: 'WAIT_BUYER_PAY', total_amount: '1.00' });
    expect(control.order(orderNo)).toMatchObject({ kind, payable: true, notifyUrl: merchant.url });
    await control.pay(orderNo);
    await expect(control.notifications.delivered(orderNo)).resolves.toMatchObject({ accepted: true });
    await expect(control.open(link)).rejects.toThrow(/ACQ.TRADE_HAS_SUCCESS/);
  });

  test('a closed or expired link is not opened again', async () => {
    const { alipay, control } = harness;
    const [closed, expired] = [order({ time_expire: inOneHour() }), order({ time_expire: inOneHour() })];
    await control.open(sign(closed));
    await curl(alipay, 'close', { out_trade_no: closed.out_trade_no });
    await expect(control.open(sign(closed))).rejects.toThrow(/ACQ.TRADE_HAS_CLOSE/);
    await control.clock.advance(HOUR_MS + 1000);
    await expect(control.open(sign(expired))).rejects.toThrow(NotPayable);
    expect(control.order(expired.out_trade_no)).toBeNull();
  });

  test('a modified link is not opened', async () => {
    const body = order();
    const link = sign(body);
    await expect(harness.control.open(link.replace('1.00', '0.01'))).rejects.toThrow(/isv.invalid-signature/);
    expect(harness.control.order(body.out_trade_no)).toBeNull();
  });
});

describe('a browser opens a link over GET /gateway.do', () => {
  test('it gets a page, the trade exists, and the log lists an opening', async () => {
    const { control } = harness;
    const body = order({ product_code: 'QUICK_WAP_WAY' });
    const response = await fetch(page('alipay.trade.wap.pay', body));
    expect(response.headers.get('content-type')).toMatch(/text\/html/);
    expect(await response.text()).toContain('支付宝收银台');
    expect(control.order(body.out_trade_no)?.state).toBe('WAIT_BUYER_PAY');
    expect(control.log({ orderNo: body.out_trade_no })).toMatchObject([
      { operation: 'open', verified: 'ok', method: 'GET' },
    ]);
  });

  test('the page shows the error', async () => {
    const { env, keys } = harness.simulator;
    const pem = keys.stranger.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const stranger = alipayClient({ ...env, ALIPAY_PRIVATE_KEY: pem });
    const forged = await fetch(stranger.pageExec('alipay.trade.wap.pay', 'GET', { bizContent: order() }));
    expect(await forged.text()).toContain('isv.invalid-signature');
    const wrong = await fetch(page('alipay.trade.wap.pay', order({ product_code: 'QUICK_MSECURITY_PAY' })));
    expect(await wrong.text()).toContain('ACQ.INVALID_PARAMETER');
  });

  test('other requests are not opened as a link', async () => {
    const query = page('alipay.trade.query', order());
    await expect(harness.control.open(query)).rejects.toThrow(/not a customer link/);
    const body = order();
    await failure(curl(harness.alipay, 'wap/pay', body));
    expect(harness.control.log({ orderNo: body.out_trade_no })).toMatchObject([{ status: 404 }]);
  });
});
