import { verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { toBeijing } from '../../src/channel/adapter/beijing-time.ts';
import type { Channel, ChannelOrder, PayerDetails, PayMethod } from '../../src/channel/channel.ts';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../support/simulator.ts';
import { outages, unverified } from './faults.ts';
import { adapters, anOrder, anybody } from './support.ts';

let simulator: Simulator;
let channels: Record<Name, Channel>;
beforeAll(async () => {
  simulator = await startTestSimulator();
  channels = { wechat_pay: adapters.wechat_pay(simulator), ali_pay: adapters.ali_pay(simulator) };
});
afterEach(() => {
  expect(simulator.control.log().filter(({ verified }) => verified !== 'ok')).toEqual([]);
  simulator.control.reset();
});
afterAll(() => simulator.close());

const control = () => simulator.control;
const names = ['wechat_pay', 'ali_pay'] as const;
type Name = (typeof names)[number];
const authCodes = { wechat_pay: '134567890123456789', ali_pay: '284567890123456789' };
const payerOf = (name: Name): PayerDetails => ({
  authCode: authCodes[name],
  openId: 'oCustomer-0001_of-ours',
  returnUrl: 'https://shop.example.com/paid?order=1&from=钱',
});
const orderBy = (method: PayMethod, overrides: Partial<ChannelOrder> = {}) =>
  anOrder({ method, clientIp: '203.0.113.7', ...overrides });
const create = (name: Name, order: ChannelOrder) => channels[name].create(order, payerOf(name));

/** The customer's terminal opens the order at the gateway, if the method needs it. */
async function handedOut(name: Name, order: ChannelOrder): Promise<string> {
  const result = await create(name, order);
  if (result.kind !== 'created') throw new Error(`${result.kind}: ${result.answer}`);
  const local = name === 'ali_pay' && (order.method === 'wap' || order.method === 'app');
  if (local) expect(await control().open(result.payBody)).toBe(order.orderNo);
  return result.payBody;
}

describe.each([
  ['wechat_pay', 'qrcode', 'native'],
  ['wechat_pay', 'jsapi', 'jsapi'],
  ['wechat_pay', 'app', 'app'],
  ['wechat_pay', 'wap', 'h5'],
  ['ali_pay', 'qrcode', 'precreate'],
  ['ali_pay', 'jsapi', 'create'],
  ['ali_pay', 'wap', 'wap'],
  ['ali_pay', 'app', 'app'],
] as const)('%s %s', (name, method, kind) => {
  test('creates a payable order with its amount and deadline', async () => {
    const order = orderBy(method, { expiresAt: new Date(Math.ceil(Date.now() / 1000) * 1000 + 600_000) });
    await handedOut(name, order);
    expect(control().order(order.orderNo)).toMatchObject({
      channel: name,
      kind,
      amountFen: 1234,
      payable: true,
      expiresAt: order.expiresAt,
      notifyUrl: `https://pay.example.com/notify/${name}`,
    });
    await control().pay(order.orderNo);
    expect(await channels[name].query(order)).toMatchObject({ kind: 'paid', payment: { amountFen: 1234 } });
  });
  test('repeated, creates no second order', async () => {
    const order = orderBy(method);
    await handedOut(name, order);
    await handedOut(name, order);
    expect(control().orders()).toHaveLength(1);
  });
  test('is closed, and can no longer be paid', async () => {
    const order = orderBy(method);
    await handedOut(name, order);
    await control().scan(order.orderNo);
    expect((await channels[name].close(order)).kind).toBe('accepted');
    expect((await channels[name].query(order)).kind).toBe('closed');
    expect(control().order(order.orderNo)?.payable).toBe(false);
  });
  test('accepts a title of any length', async () => {
    await handedOut(name, orderBy(method, { title: '茶😀"&\\ '.repeat(200) }));
  });
  test.each(['\ud800', 'https://shop.example.com/\udfff', ''])(
    'accepts %j as title and return URL',
    async (text) => {
      const order = orderBy(method, { title: `茶${text}` });
      const result = await channels[name].create(order, { ...payerOf(name), returnUrl: text });
      expect(result.kind).toBe('created');
    },
  );
  test('is closed without a query first', () => {
    expect(channels[name].reversibleFrom(orderBy(method))).toBeNull();
  });
});

describe.each(names)('%s', (name) => {
  test.each([
    ['jsapi', 'openId'],
    ['barcode', 'authCode'],
  ] as const)('%s without %s is refused without a request', async (method, what) => {
    const order = orderBy(method);
    expect(await channels[name].create(order, anybody)).toEqual({
      kind: 'refused',
      asked: false,
      answer: `not called: no ${what}`,
      message: `缺少参数 ${what}`,
    });
    expect(control().log()).toEqual([]);
  });
  test('an unsupported method is refused without a request', async () => {
    expect(channels[name].methods).not.toContain('web');
    expect(await create(name, orderBy('web'))).toMatchObject({ kind: 'refused', answer: 'not called: web' });
    expect(control().log()).toEqual([]);
  });
  test.each(['jsapi', 'barcode'] as const)('%s: no answer contains the customer’s data', async (method) => {
    const { authCode, openId } = payerOf(name);
    const message = `bad value ${authCode} or ${openId}`;
    for (const code of ['PARAM_ERROR', 'ACQ.INVALID_PARAMETER', 'SOMETHING_NEW', 'ACQ.SOMETHING_NEW']) {
      const order = orderBy(method);
      control().addFault({ kind: 'error', code, message, match: { orderNo: order.orderNo } });
      const said = JSON.stringify(await create(name, order));
      expect(said).not.toContain(openId);
      expect(said).not.toContain(authCode);
    }
  });
});

describe.each(names)('%s barcode', (name) => {
  test('paid at once: paid, with the payment', async () => {
    const order = orderBy('barcode');
    const result = await create(name, order);
    const atGateway = control().order(order.orderNo);
    expect(result).toMatchObject({
      kind: 'paid',
      payment: { orderNo: order.orderNo, channelTradeNo: atGateway?.tradeNo, amountFen: 1234 },
    });
    expect(await channels[name].query(order)).toMatchObject({
      kind: 'paid',
      payment: { channelTradeNo: atGateway?.tradeNo },
    });
  });
  test.each(['transaction', 'error'] as const)(
    'the password is required (%s): a query decides',
    async (answer) => {
      control().settings.codePayAsksPassword = true;
      control().settings.codePayPasswordAnswer = answer;
      const order = orderBy('barcode');
      expect((await create(name, order)).kind).toBe('user_paying');
      expect((await channels[name].query(order)).kind).toBe(name === 'wechat_pay' ? 'user_paying' : 'unpaid');
      await control().finishPay(order.orderNo);
      expect((await channels[name].query(order)).kind).toBe('paid');
    },
  );
  test('an invalid code: refused, with the reason', async () => {
    const result = await channels[name].create(orderBy('barcode'), { ...anybody, authCode: '123' });
    expect(result).toMatchObject({ kind: 'refused', message: expect.stringMatching(/付款码/) });
  });
  test('repeated after the payment: unknown, never refused', async () => {
    const order = orderBy('barcode');
    await create(name, order);
    expect((await create(name, order)).kind).toBe('unknown');
    expect(control().orders()).toHaveLength(1);
  });
  test.each(Object.entries(outages))('%s: unknown', async (_, fault) => {
    const order = orderBy('barcode');
    control().addFault({ ...fault, match: { operation: 'create', orderNo: order.orderNo } });
    expect((await create(name, order)).kind).toBe('unknown');
    expect(control().log({ operation: 'create' })).toHaveLength(1);
  });
  test.each(unverified[name])('an unverified payment (%o): unknown', async (fault) => {
    const order = orderBy('barcode');
    control().addFault({ ...fault, match: { operation: 'create', orderNo: order.orderNo } });
    expect((await create(name, order)).kind).toBe('unknown');
    expect((await channels[name].query(order)).kind).toBe('paid');
  });
  test('too many requests: rate limited', async () => {
    control().addFault({ kind: 'rate_limited' });
    expect((await create(name, orderBy('barcode'))).kind).toBe('rate_limited');
  });
});

describe('WeChat Pay only', () => {
  const signed = (lines: string[], signature: string) =>
    verify(
      'sha256',
      Buffer.from(lines.map((line) => `${line}\n`).join('')),
      simulator.keys.wechat.merchant.publicKey,
      Buffer.from(signature, 'base64'),
    );

  test('jsapi: the page’s parameters, signed', async () => {
    const order = orderBy('jsapi');
    const parameters = JSON.parse(await handedOut('wechat_pay', order));
    const { appId, timeStamp, nonceStr, package: packaged, signType, paySign } = parameters;
    expect(Object.keys(parameters)).toHaveLength(6);
    expect([appId, packaged, signType]).toEqual([
      simulator.env.WECHAT_APP_ID,
      `prepay_id=${control().order(order.orderNo)?.code}`,
      'RSA',
    ]);
    expect(timeStamp).toMatch(/^\d{10}$/);
    expect(signed([appId, timeStamp, nonceStr, packaged], paySign)).toBe(true);
    expect(signed([appId, timeStamp, nonceStr, `${packaged}0`], paySign)).toBe(false);
  });
  test('app: the SDK’s parameters, signed', async () => {
    const order = orderBy('app');
    const parameters = JSON.parse(await handedOut('wechat_pay', order));
    const { appid, partnerid, prepayid, package: packaged, noncestr, timestamp, sign } = parameters;
    expect(Object.keys(parameters)).toHaveLength(7);
    expect([appid, partnerid, prepayid, packaged]).toEqual([
      simulator.env.WECHAT_APP_ID,
      simulator.env.WECHAT_MCH_ID,
      control().order(order.orderNo)?.code,
      'Sign=WXPay',
    ]);
    expect(signed([appid, timestamp, noncestr, prepayid], sign)).toBe(true);
  });
  test('no two signatures share a nonce', async () => {
    const order = orderBy('jsapi');
    const nonces = [await handedOut('wechat_pay', order), await handedOut('wechat_pay', order)].map(
      (text) => JSON.parse(text).nonceStr,
    );
    expect(new Set(nonces).size).toBe(2);
  });
  test('wap: the URL, with the return URL if given', async () => {
    const order = orderBy('wap');
    const link = await handedOut('wechat_pay', order);
    expect(link.startsWith(`${control().order(order.orderNo)?.code}&redirect_url=`)).toBe(true);
    expect(new URL(link).searchParams.get('redirect_url')).toBe(payerOf('wechat_pay').returnUrl);
    const plain = await channels.wechat_pay.create(order, anybody);
    expect(plain).toMatchObject({ payBody: control().order(order.orderNo)?.code });
  });
  test('wap without the customer’s IP address is refused', async () => {
    const order = orderBy('wap', { clientIp: null });
    expect(await create('wechat_pay', order)).toMatchObject({
      kind: 'refused',
      message: '缺少参数 clientIp',
    });
  });
  test('a barcode unknown to the gateway is payable only while its code is valid', () => {
    const order = orderBy('barcode', { expiresAt: new Date(9_000_000), createAttemptedAt: new Date(0) });
    expect(channels.wechat_pay.unpayableFrom(order)).toEqual(new Date(125_000));
  });
});

describe('Alipay only', () => {
  test.each(['wap', 'app'] as const)('%s: reaches Alipay when the customer opens it', async (method) => {
    const order = orderBy(method);
    const result = await create('ali_pay', order);
    if (result.kind !== 'created') throw new Error(result.kind);
    expect(control().log()).toEqual([]);
    expect((await channels.ali_pay.query(order)).kind).toBe('not_found');
    expect((await channels.ali_pay.close(order)).kind).toBe('not_found');
    await control().open(result.payBody);
    expect((await channels.ali_pay.query(order)).kind).toBe('unpaid');
  });
  test.each(['UTC', 'Asia/Shanghai', 'America/New_York'])(
    '%s: signed times are Beijing time',
    async (zone) => {
      const before = process.env.TZ;
      onTestFinished(() => {
        if (before === undefined) delete process.env.TZ;
        else process.env.TZ = before;
      });
      process.env.TZ = zone;
      const now = new Date('2026-02-28T16:00:07Z');
      const channel = adapters.ali_pay(simulator, {}, { now: () => now });
      for (const method of ['wap', 'app'] as const) {
        const order = orderBy(method);
        const result = await channel.create(order, payerOf('ali_pay'));
        if (result.kind !== 'created') throw new Error(result.kind);
        const params = parametersOf(result.payBody);
        expect(params.get('timestamp')).toBe('2026-03-01 00:00:07');
        expect(JSON.parse(params.get('biz_content') ?? '')).toMatchObject({
          out_trade_no: order.orderNo,
          total_amount: '12.34',
          time_expire: toBeijing(order.expiresAt),
        });
      }
    },
  );
  test('wap: a signed URL of the gateway, with the return URL if given', async () => {
    const order = orderBy('wap');
    const link = new URL(await handedOut('ali_pay', order));
    expect(link.origin + link.pathname).toBe(`${simulator.url}/gateway.do`);
    expect(isSigned(link.searchParams)).toBe(true);
    expect(link.searchParams.get('return_url')).toBe(payerOf('ali_pay').returnUrl);
    expect(JSON.parse(link.searchParams.get('biz_content') ?? '')).toMatchObject({
      quit_url: payerOf('ali_pay').returnUrl,
    });
    const plain = await channels.ali_pay.create(order, anybody);
    if (plain.kind !== 'created') throw new Error(plain.kind);
    expect(plain.payBody).not.toMatch(/return_url|quit_url/);
  });
  test('app: a signed text, and a change is detected', async () => {
    const text = await handedOut('ali_pay', orderBy('app'));
    expect(isSigned(new URLSearchParams(text))).toBe(true);
    expect(isSigned(new URLSearchParams(text.replace('12.34', '12.35')))).toBe(false);
  });
  test('jsapi: the trade number', async () => {
    const order = orderBy('jsapi');
    expect(await handedOut('ali_pay', order)).toBe(control().order(order.orderNo)?.tradeNo);
  });
  test('an unknown number can no longer be paid: after its deadline, a code after two hours, a charge after its call', () => {
    const times = { expiresAt: new Date(9_000_000), createAttemptedAt: new Date(0) };
    const from = (method: PayMethod) => channels.ali_pay.unpayableFrom(orderBy(method, times)).getTime();
    for (const method of ['wap', 'app'] as const) expect(from(method)).toBe(9_060_000);
    expect(from('qrcode')).toBe(7_260_000);
    // The call creates the trade; a customer's code is valid for one minute.
    for (const method of ['jsapi', 'barcode'] as const) {
      expect(from(method)).toBeGreaterThan(120_000);
      expect(from(method)).toBeLessThan(180_000);
    }
  });

  /** All parameters except the signature: sorted, joined, not encoded. */
  function isSigned(params: URLSearchParams): boolean {
    const text = [...params]
      .filter(([name]) => name !== 'sign')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    const sign = Buffer.from(params.get('sign') ?? '', 'base64');
    return verify('sha256', Buffer.from(text), simulator.keys.alipay.app.publicKey, sign);
  }

  function parametersOf(payBody: string): URLSearchParams {
    return payBody.startsWith('http') ? new URL(payBody).searchParams : new URLSearchParams(payBody);
  }
});
