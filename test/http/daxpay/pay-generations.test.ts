import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fenToYuan, yuanToFen } from '../../../src/http/daxpay/request/yuan.ts';
import { sdk205 } from '../sdk/sdk-2-0-5.ts';
import { sdk206 } from '../sdk/sdk-2-0-6.ts';
import { sdk30 } from '../sdk/sdk-3-0.ts';
import { openApi, SECRET } from '../support.ts';

/** Unsigned, so that tables can contain the exact bytes. */
const open = () => openApi({ settings: { signRequired: false, reqTimeToleranceS: 0 } });
const terms = { bizOrderNo: 'P0001', title: 'tea', channel: 'wechat_pay', reqTime: 1_715_347_771 };

describe('the payer is read', () => {
  const payer = { authCode: '134567890123456789', openId: 'oUpF8', returnUrl: 'https://shop.example/back' };

  test.each<[string, Record<string, unknown>]>([
    ['at the top level', payer],
    ['in extraParam as JSON in a string', { extraParam: JSON.stringify(payer) }],
    ['in extraParam as an object', { extraParam: payer }],
    ["in 2.0.5's channelParam", { channelParam: payer }],
    [
      'at the top level before extraParam',
      { ...payer, extraParam: { authCode: '0', openId: '0', returnUrl: '0' } },
    ],
  ])('%s', async (_name, extra) => {
    const api = open();
    for (const method of ['barcode', 'jsapi', 'wap', 'app', 'qrcode'])
      await api.post(
        '/unipay/pay',
        JSON.stringify({ ...terms, method, amount: 100, clientIp: '10.0.0.1', ...extra }),
      );
    expect(api.creates).toHaveLength(5);
    for (const request of api.creates) expect(request).toMatchObject(payer);
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ method: 'barcode' }, /authCode/],
    [{ method: 'barcode', extraParam: '{"openId":"o"}' }, /authCode/],
    [{ method: 'jsapi' }, /openId/],
    [{ method: 'qrcode', extraParam: 'not json' }, /extraParam/],
    [{ method: 'qrcode', extraParam: '[]' }, /extraParam/],
    [{ method: 'qrcode', extraParam: ['a'] }, /extraParam/],
    [{ method: 'qrcode', extraParam: { authCode: 'x'.repeat(65) } }, /authCode/],
    [{ method: 'qrcode', openId: 'x'.repeat(129) }, /openId/],
    [{ method: 'qrcode', nonceStr: 'x'.repeat(65) }, /nonceStr/],
    [{ method: 'qrcode', mchNo: 'x'.repeat(33) }, /mchNo/],
    [{ method: 'qrcode', appId: 'x'.repeat(33) }, /appId/],
    [{ method: 'qrcode', clientIp: `fe80::1%${'x'.repeat(64)}` }, /clientIp/],
  ])('or the missing field is named: %j', async (extra, message) => {
    const api = open();
    const { json } = await api.post('/unipay/pay', JSON.stringify({ ...terms, amount: 100, ...extra }));
    expect(json.data).toMatchObject({ code: 20051, msg: expect.stringMatching(message) });
    expect(api.creates).toEqual([]);
  });
});

describe("2.0.5's names", () => {
  const { bizOrderNo: businessNo, title, reqTime } = terms;
  const channel = { channel: 'ali_pay', way: 'barcode', amount: 250, channelParam: { authCode: '28' } };

  test('payChannels with one channel is that channel', async () => {
    const api = open();
    const body = { businessNo, title, reqTime, payChannels: [channel] };
    expect((await api.post('/unipay/pay', JSON.stringify(body))).json).toMatchObject({ code: 0 });
    expect(api.creates).toMatchObject([
      { bizOrderNo: 'P0001', channel: 'ali_pay', method: 'barcode', amountFen: 250, authCode: '28' },
    ]);
  });

  test('payChannels with more is rejected', async () => {
    const api = open();
    const body = { businessNo, title, reqTime, payChannels: [channel, channel] };
    expect((await api.post('/unipay/pay', JSON.stringify(body))).json).toMatchObject({
      code: 20082,
      data: null,
    });
    expect(api.creates).toEqual([]);
  });
});

describe('money', () => {
  test('in yuan is converted to fen exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10_000_000_000 }), fc.nat(3), async (fen, zeros) => {
        const digits = String(fen).padStart(3, '0');
        const yuan = `${digits.slice(0, -2)}.${digits.slice(-2)}`;
        expect(yuanToFen(yuan + '0'.repeat(zeros))).toBe(fen);
        expect(yuanToFen(fenToYuan(fen))).toBe(fen);
        expect(fenToYuan(fen)).toBe(yuan.replace(/\.?0+$/, ''));
        const api = open();
        const body = JSON.stringify({ ...terms, method: 'qrcode', reqTime: '2024-05-10 21:29:31' });
        await api.post('/unipay/pay', body.replace(/}$/, `,"amount":${yuan}}`));
        expect(api.creates[0]?.amountFen).toBe(fen);
      }),
      { numRuns: 60 },
    );
  });

  test.each<[string, number, RegExp]>([
    ['0', 20051, /amount/],
    ['0.00', 20051, /amount/],
    ['-1', 20051, /amount/],
    ['0.001', 20051, /amount/],
    ['1e2', 20051, /amount/],
    ['"many"', 20051, /amount/],
    ['100000000.01', 20060, /./],
    ['9'.repeat(64), 20060, /./],
  ])('of %s yuan is rejected', async (amount, code, message) => {
    const api = open();
    const body = JSON.stringify({ ...terms, method: 'qrcode', reqTime: '2024-05-10 21:29:31' });
    const { json } = await api.post('/unipay/pay', body.replace(/}$/, `,"amount":${amount}}`));
    expect(json).toMatchObject({ code, msg: expect.stringMatching(message), data: null });
    expect(api.creates).toEqual([]);
  });
});

test("3.0's expiry is in Beijing time", async () => {
  const api = open();
  const body = { ...terms, method: 'qrcode', amount: 1, reqTime: '2024-05-10 21:29:31' };
  await api.post('/unipay/pay', JSON.stringify({ ...body, expiredTime: '2024-05-10 22:00:00' }));
  expect(api.creates[0]?.expiresAt).toEqual(new Date('2024-05-10T14:00:00Z'));
  const { json } = await api.post('/unipay/pay', JSON.stringify({ ...body, expiredTime: 1_715_347_771 }));
  expect(json).toMatchObject({ code: 20051, msg: expect.stringContaining('expiredTime') });
});

test.each([sdk205, sdk206, sdk30])(
  '$name: whatever the shop writes, its signature is accepted',
  async (sdk) => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.constantFrom('测试', '🍵🀄', 'a"b', 'c\\d', '"\\"', 'x&y=z', 'line\nbreak', 'ß', 'ﬀ'),
    );
    const api = openApi();
    await fc.assert(
      fc.asyncProperty(words, words, async (title, attach) => {
        const body = sdk.body({ ...sdk.fields.pay, title, attach, quitUrl: '' }, SECRET, 'HMAC_SHA256');
        const { status, text } = await api.post('/unipay/pay', body);
        expect(sdk.read('pay', status, text, SECRET, 'HMAC_SHA256').success).toBe(true);
        expect(api.creates.at(-1)).toMatchObject({ title, attach });
      }),
      { numRuns: 150 },
    );
  },
);
