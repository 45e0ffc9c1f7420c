import { describe, expect, test } from 'vitest';
import { MAX_AMOUNT_FEN } from '../../../src/http/daxpay/request/schemas.ts';
import type { CreateOutcome } from '../../../src/order/outcomes.ts';
import { dataIsSigned, hmac, NOW_S, openApi, order } from '../support.ts';

const request = {
  bizOrderNo: 'P0001',
  title: 'a cup of tea',
  channel: 'wechat_pay',
  method: 'qrcode',
  amount: 100,
};

describe('POST /unipay/pay', () => {
  test('answers with the order and what the customer needs to pay, signed', async () => {
    const { json } = await openApi().call('/unipay/pay', request);
    expect(json.data).toEqual({
      code: 0,
      bizOrderNo: 'P0001',
      orderNo: order.orderNo,
      status: 'progress',
      payBody: order.payBody,
      resTime: NOW_S,
      sign: json.sign,
    });
    expect(dataIsSigned(json)).toBe(true);
  });

  test("accepts the documentation's request, including unknown fields", async () => {
    const api = openApi({ settings: { reqTimeToleranceS: 0 } });
    const body = {
      allocation: false,
      amount: 100,
      attach: '{"回调参数"}',
      bizOrderNo: 'SDK_1715341280312',
      channel: 'ali_pay',
      clientIp: '127.0.0.1',
      description: '这是支付备注',
      method: 'qrcode',
      notNotify: true,
      reqTime: 1715341280,
      returnUrl: 'https://abc.com/callback',
      title: '测试接口支付',
      sign: '43c0e7124739acab9d31990feb2a28aa1c2f33d95abfb50bfee66cd43edf4f52',
    };
    const { json } = await api.post('/unipay/pay', JSON.stringify(body));
    expect(json.data?.code).toBe(0);
    expect(api.creates).toEqual([
      {
        bizOrderNo: 'SDK_1715341280312',
        channel: 'ali_pay',
        method: 'qrcode',
        title: '测试接口支付',
        description: '这是支付备注',
        amountFen: 100,
        expiresAt: null,
        attach: '{"回调参数"}',
        notifyUrl: null,
        returnUrl: 'https://abc.com/callback',
        notNotify: true,
        clientIp: '127.0.0.1',
        apiGeneration: '2.0.6',
        authCode: null,
        openId: null,
      },
    ]);
  });

  test('accepts expiredTime in seconds, and in milliseconds signed like the SDK', async () => {
    const api = openApi();
    await api.call('/unipay/pay', { ...request, expiredTime: 1700003600 });
    const spelled = '{year:2023,month:11,day:15,hour:7,minute:13,second:20,nano:0}';
    const { amount, bizOrderNo, channel, method, title } = request;
    const sign = hmac(
      `amount=${amount}&bizOrderNo=${bizOrderNo}&channel=${channel}&expiredTime=${spelled}` +
        `&method=${method}&reqTime=${NOW_S}&title=${title}`,
    );
    const body = { ...request, expiredTime: 1700003600000, reqTime: NOW_S, sign };
    expect((await api.post('/unipay/pay', JSON.stringify(body))).json.data?.code).toBe(0);
    const at = new Date('2023-11-14T23:13:20Z');
    expect(api.creates.map(({ expiresAt }) => expiresAt)).toEqual([at, at]);
  });

  test.each<[CreateOutcome, number, RegExp | null]>([
    [{ kind: 'created', order }, 0, null],
    [{ kind: 'existing', order }, 0, null],
    [{ kind: 'ended', order: { ...order, status: 'close' } }, 20042, /已关闭/],
    [{ kind: 'ended', order: { ...order, status: 'cancel' } }, 20042, /已撤销/],
    [{ kind: 'ended', order: { ...order, status: 'success' } }, 20044, /已支付/],
    [{ kind: 'ended', order }, 20044, /已超时/],
    [{ kind: 'conflict', field: 'amount' }, 20051, /amount/],
    [{ kind: 'channel_not_enabled' }, 20021, /./],
    [{ kind: 'method_not_enabled' }, 20022, /./],
    [{ kind: 'expiry_invalid', message: 'expiredTime has passed' }, 20051, /expiredTime/],
    [{ kind: 'refused', message: '商户余额不足' }, 20080, /^商户余额不足$/],
    [{ kind: 'misconfigured' }, 20024, /./],
    [{ kind: 'channel_down' }, 20080, /暂时不可用/],
    [{ kind: 'unreachable' }, 20081, /重试/],
  ])('answers %j with its code', async (outcome, code, message) => {
    const { json } = await openApi({ creating: async () => outcome }).call('/unipay/pay', request);
    expect(json).toMatchObject({ code: 0, data: { code } });
    if (message === null) expect(json.data).not.toHaveProperty('msg');
    else expect(json.data?.msg).toMatch(message);
    expect(dataIsSigned(json)).toBe(true);
  });

  const long = (length: number) => 'x'.repeat(length);
  test.each<[Record<string, unknown>, number, RegExp]>([
    [{ bizOrderNo: null }, 20051, /bizOrderNo/],
    [{ bizOrderNo: '' }, 20051, /bizOrderNo/],
    [{ bizOrderNo: long(101) }, 20051, /bizOrderNo/],
    [{ title: null }, 20051, /title/],
    [{ title: long(101) }, 20051, /title/],
    [{ description: long(501) }, 20051, /description/],
    [{ attach: long(501) }, 20051, /attach/],
    [{ channel: null }, 20051, /channel/],
    [{ channel: 'paypal' }, 20011, /./],
    [{ channel: 'wallet_pay' }, 20021, /./],
    [{ method: 'telepathy' }, 20012, /./],
    [{ amount: null }, 20051, /amount/],
    [{ amount: 0 }, 20051, /amount/],
    [{ amount: -1 }, 20051, /amount/],
    [{ amount: 1.5 }, 20051, /amount/],
    [{ amount: 'many' }, 20051, /amount/],
    [{ amount: MAX_AMOUNT_FEN + 1 }, 20060, /./],
    [{ amount: '9'.repeat(400) }, 20060, /./],
    [{ expiredTime: 'tomorrow' }, 20051, /expiredTime/],
    [{ clientIp: '1.2.3' }, 20051, /clientIp/],
    [{ notifyUrl: 'ftp://shop.example' }, 20051, /notifyUrl/],
    [{ notifyUrl: 'https://user:secret@shop.example/' }, 20051, /notifyUrl/],
    [{ notifyUrl: 'https://user@shop.example/' }, 20051, /notifyUrl/],
    [{ notifyUrl: `https://shop.example/${long(200)}` }, 20051, /notifyUrl/],
    [{ returnUrl: long(201) }, 20051, /returnUrl/],
    [{ notNotify: 'perhaps' }, 20051, /notNotify/],
  ])('rejects %j with its code, and creates nothing', async (change, code, message) => {
    const api = openApi();
    const { json } = await api.call('/unipay/pay', { ...request, ...change });
    expect(json).toMatchObject({ code: 0, data: { code } });
    expect(json.data?.msg).toMatch(message);
    expect(dataIsSigned(json)).toBe(true);
    expect(api.creates).toEqual([]);
  });

  test('accepts amounts up to the limit', async () => {
    const api = openApi();
    await api.call('/unipay/pay', { ...request, amount: MAX_AMOUNT_FEN });
    expect(api.creates[0]?.amountFen).toBe(MAX_AMOUNT_FEN);
  });
});
