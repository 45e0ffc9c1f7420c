import { describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { OperationName, Sdk, SignType } from '../sdk/sdk.ts';
import { sdk205 } from '../sdk/sdk-2-0-5.ts';
import { sdk206, sdk208 } from '../sdk/sdk-2-0-6.ts';
import { sdk30 } from '../sdk/sdk-3-0.ts';
import { NOW_S, openApi, order, SECRET } from '../support.ts';

const sdks = [sdk205, sdk206, sdk208, sdk30];
const operations: OperationName[] = ['pay', 'close', 'cancel', 'query', 'sync'];
const signTypes: SignType[] = ['MD5', 'HMAC_SHA256', 'SM3'];
/** The headers that these clients send. */
const headers = { accept: 'text/html,application/json', 'accept-encoding': 'gzip, deflate' };

const paid: PaymentOrder = {
  ...order,
  title: '"茶" \\ 🍵',
  description: '',
  amountFen: 10_010,
  status: 'success',
  channelTradeNo: '4200001',
  paidAt: new Date((NOW_S - 60) * 1000),
};

const cases = sdks.flatMap((sdk) =>
  operations.flatMap((operation) =>
    sdk.paths[operation] === undefined ? [] : [{ name: sdk.name, operation, sdk }],
  ),
);

async function converse(
  sdk: Sdk,
  operation: OperationName,
  type: SignType,
  options: Parameters<typeof openApi>[0],
) {
  const api = openApi({ ...options, settings: { signType: type } });
  const body = sdk.body(sdk.fields[operation], SECRET, type);
  const reply = await api.post(sdk.paths[operation] ?? '', body, headers);
  return { api, reply, verdict: sdk.read(operation, reply.status, reply.text, SECRET, type) };
}

describe.each(cases)('$name $operation', ({ sdk, operation }) => {
  test.each(signTypes)('is understood, performed once and verified in %s', async (type) => {
    const { api, reply, verdict } = await converse(sdk, operation, type, { finding: async () => paid });
    expect(verdict).toMatchObject({ success: true, code: 0 });
    expect(reply.contentType).toBe('application/json');
    const received = {
      pay: api.creates,
      close: api.closes,
      cancel: api.cancels,
      query: api.finds,
      sync: api.syncs,
    };
    for (const each of operations) expect(received[each]).toHaveLength(each === operation ? 1 : 0);
    const numbers = { orderNo: null, bizOrderNo: 'P0001' };
    if (operation === 'pay') expect(received.pay).toMatchObject([{ bizOrderNo: 'P0001', amountFen: 100 }]);
    else if (operation === 'query') expect(received.query).toEqual([numbers]);
    else
      expect(received[operation]).toEqual([
        { numbers, trigger: { kind: 'api', actor: null, clientIp: '127.0.0.1' } },
      ]);
  });

  test('does not mistake a failure for a success, and never throws', async () => {
    const { verdict } = await converse(sdk, operation, 'HMAC_SHA256', {
      creating: async () => ({ kind: 'channel_not_enabled' }),
      closing: async () => ({ kind: 'not_found' }),
      cancelling: async () => ({ kind: 'not_found' }),
      finding: async () => null,
      syncing: async () => ({ kind: 'not_found' }),
    });
    expect(verdict).toMatchObject({ success: false, code: operation === 'pay' ? 20021 : 20041 });
  });

  test('mistakes neither an invalid signature, nor a crash, nor broken bytes for a success', async () => {
    const gone = () => Promise.reject(new Error('ER_SECRET_TABLE'));
    const api = openApi({ creating: gone, closing: gone, cancelling: gone, finding: gone, syncing: gone });
    const path = sdk.paths[operation] ?? '';
    const read = async (body: string) => {
      const { status, text } = await api.post(path, body, headers);
      expect(text).not.toContain('ER_SECRET_TABLE');
      return sdk.read(operation, status, text, SECRET, 'HMAC_SHA256');
    };
    const body = sdk.body(sdk.fields[operation], SECRET, 'HMAC_SHA256');
    expect(await read(sdk.body(sdk.fields[operation], 'other', 'HMAC_SHA256'))).toMatchObject({
      success: false,
      code: 20052,
    });
    expect(await read(body)).toMatchObject({ success: false, code: 30000 });
    expect(await read(body.slice(0, -1))).toMatchObject({ success: false, code: 20051 });
  });

  test('learns which field is invalid', async () => {
    const wrongField = operation === 'pay' ? { title: 'x'.repeat(101) } : { clientIp: 'localhost' };
    const api = openApi({ settings: { signRequired: false } });
    const fields = { ...sdk.fields[operation], reqTime: sdk.reqTime, ...wrongField };
    const { status, text } = await api.post(sdk.paths[operation] ?? '', JSON.stringify(fields));
    expect(sdk.read(operation, status, text, SECRET, 'HMAC_SHA256')).toMatchObject({
      success: false,
      code: 20051,
    });
    expect(text).toContain(operation === 'pay' ? 'title' : 'clientIp');
  });
});

describe('the answers, member by member', () => {
  const answerOf = async (sdk: Sdk, operation: OperationName) =>
    (await converse(sdk, operation, 'HMAC_SHA256', { finding: async () => paid })).reply.json;
  const traceId = 'JQWKpAeCJGlX';
  const sign = expect.stringMatching(/^[0-9a-f]{64}$/);
  const payTime = NOW_S - 60;
  const expiredTime = NOW_S + 900;
  const common = {
    outOrderNo: '4200001',
    title: '"茶" \\ 🍵',
    description: '',
    channel: 'wechat_pay',
    method: 'qrcode',
    status: 'success',
  };
  const { orderNo, payBody } = order;
  const payable = { bizOrderNo: 'P0001', orderNo, status: 'progress', payBody };

  test('2.0.5: a close has no data; a payment id is a string with all its digits', async () => {
    expect(await answerOf(sdk205, 'close')).toEqual({ code: 0, msg: 'success', data: null, traceId });
    expect((await answerOf(sdk205, 'pay')).data).toEqual({
      paymentId: '1753370980523384832',
      businessNo: 'P0001',
      asyncPay: true,
      asyncChannel: 'wechat_pay',
      payBody,
      status: 'progress',
      sign,
    });
    expect((await answerOf(sdk205, 'query')).data).toEqual({
      ...common,
      paymentId: '1753370980523384832',
      businessNo: 'P0001',
      asyncPay: true,
      asyncChannel: 'wechat_pay',
      amount: 10_010,
      refundableBalance: 10_010,
      payTime,
      expiredTime,
      sign,
    });
    expect((await answerOf(sdk205, 'sync')).data).toMatchObject({
      status: 'pay_progress',
      gatewayStatus: 'pay_progress',
      repair: false,
    });
  });

  test('2.0.6 and 2.0.8: fen and seconds, and no member that the class lacks', async () => {
    const queried = {
      ...common,
      code: 0,
      orderNo,
      bizOrderNo: 'P0001',
      amount: 10_010,
      refundableBalance: 10_010,
      payTime,
      expiredTime,
      resTime: NOW_S,
      sign,
    };
    expect((await answerOf(sdk206, 'query')).data).toEqual(queried);
    expect((await answerOf(sdk208, 'query')).data).toEqual({
      ...queried,
      allocation: false,
      autoAllocation: false,
    });
    for (const sdk of [sdk206, sdk208])
      expect((await answerOf(sdk, 'pay')).data).toEqual({ code: 0, ...payable, resTime: NOW_S, sign });
    expect((await answerOf(sdk208, 'sync')).data).toMatchObject({ code: 0, status: 'pay_progress' });
    expect((await answerOf(sdk208, 'cancel')).data).toEqual({ code: 0, resTime: NOW_S, sign });
  });

  test('3.0: yuan and wall clock; a close has no data', async () => {
    const flat = { code: 0, msg: 'success', sign, resTime: '2024-05-10 21:29:31', traceId };
    expect(await answerOf(sdk30, 'close')).toEqual({ ...flat, data: null });
    expect(await answerOf(sdk30, 'cancel')).toEqual({ ...flat, data: null });
    expect(await answerOf(sdk30, 'pay')).toEqual({ ...flat, data: payable });
    expect(await answerOf(sdk30, 'query')).toEqual({
      ...flat,
      data: {
        ...common,
        orderNo,
        bizOrderNo: 'P0001',
        amount: 100.1,
        refundableBalance: 100.1,
        payTime: '2024-05-10 21:28:31',
        expiredTime: '2024-05-10 21:44:31',
      },
    });
  });

  test('an id that every reader represents exactly is a number', async () => {
    const found = { ...order, id: '42' };
    const { reply } = await converse(sdk205, 'query', 'MD5', { finding: async () => found });
    expect(reply.json.data).toMatchObject({ paymentId: 42, refundableBalance: 0 });
  });
});

describe('signatures made by others', () => {
  test.each<[SignType, string, string]>([
    [
      'SM3',
      '080286e122485cb6292ed73b54e3338c2f4e28619d49fa4f45ed05bdfc91953e',
      '294cd8999fa98748bf808264b60efa573a02719a60311f0fbea4c88de2d792b9',
    ],
    ['MD5', '85ef05c9b99f761041b3e01f06cd7e30', 'eb37df15dbba5fbe37d87681f2e4b2e9'],
    [
      'HMAC_SHA256',
      '0a9de84560bd7553684fe0a20d6f1f697edd5f018517988c99d40eb7f00eee9a',
      '313e6468788163c898ecb6067a481a4a5c0f7570e244781a0364bc22823bb9a2',
    ],
  ])('a 3.0 close in %s', async (signType, requestSign, answerSign) => {
    const api = openApi({ settings: { signType } });
    const body =
      '{"bizOrderNo":"P0001","useCancel":false,"mchNo":"M1","appId":"APP1",' +
      `"reqTime":"2024-05-10 21:29:31","nonceStr":"n1","sign":"${requestSign}"}`;
    expect((await api.post('/unipay/close', body)).json).toMatchObject({
      code: 0,
      data: null,
      sign: answerSign,
    });
  });

  test('a 3.0 request of another merchant or application is rejected, if ours are configured', async () => {
    const body =
      '{"bizOrderNo":"P0001","useCancel":false,"mchNo":"M1","appId":"APP1",' +
      '"reqTime":"2024-05-10 21:29:31","nonceStr":"n1","sign":"0a9de84560bd7553684fe0a20d6f1f697edd5f018517988c99d40eb7f00eee9a"}';
    const answer = async (settings: { mchNo?: string; appId?: string }) => {
      const api = openApi({ settings });
      const { json } = await api.post('/unipay/close', body);
      return { code: json.code, closed: api.closes.length };
    };
    expect(await answer({ mchNo: 'M1', appId: 'APP1' })).toEqual({ code: 0, closed: 1 });
    expect(await answer({ mchNo: 'M2', appId: 'APP1' })).toEqual({ code: 20051, closed: 0 });
    expect(await answer({ appId: 'APP2' })).toEqual({ code: 20051, closed: 0 });
  });

  test.each<[SignType, string]>([
    ['HMAC_SHA256', '58781711dbf7bed76e096ee65b0e24061c0e7b83d9af9570cc7d09d027215404'],
    ['MD5', '2e63fcd50f016887420f10f17fa3d0ba'],
    ['SM3', '7ed0b70b7e6f0cf80fc4714d4a319fbda369d4bab79ab28bcfe526e41ea591f3'],
  ])('a 2.0.5 close by a 64-bit number in %s', async (signType, sign) => {
    const api = openApi({ settings: { signType } });
    const body = `{"paymentId":1753370980523384832,"notNotify":false,"sign":"${sign}","reqTime":1715347771}`;
    expect((await api.post('/unipay/close', body)).json).toMatchObject({ code: 0, data: null });
    expect(api.closes[0]?.numbers).toEqual({ orderNo: '1753370980523384832', bizOrderNo: null });
  });
});

describe('features of 3.0 only', () => {
  test("finds by the channel's number, and cancels with a close", async () => {
    const api = openApi();
    const post = (fields: Record<string, unknown>) =>
      api.post('/unipay/close', sdk30.body(fields, SECRET, 'HMAC_SHA256'));
    await post({ outOrderNo: '4200001', useCancel: true });
    expect(api.cancels[0]?.numbers).toEqual({ orderNo: null, bizOrderNo: null, outOrderNo: '4200001' });
    expect((await post({ useCancel: false })).json).toMatchObject({ code: 20051, data: null });
    expect(api.closes).toEqual([]);
  });

  test('a 2.x close with these members is a plain close', async () => {
    const api = openApi();
    await api.call('/unipay/close', { bizOrderNo: 'P0001', useCancel: true });
    expect([api.closes.length, api.cancels.length]).toEqual([1, 0]);
  });

  test.each(['2024-05-10 21:24:30', '2024-05-10 21:34:32', '2024-13-10 21:29:31', '2024-05-10T21:29:31'])(
    'rejects the time %s, with the expected form',
    async (reqTime) => {
      const api = openApi({ settings: { signType: 'MD5' } });
      const body = { ...sdk30, reqTime }.body({ bizOrderNo: 'P0001', useCancel: false }, SECRET, 'MD5');
      const { json } = await api.post('/unipay/close', body);
      expect(json).toMatchObject({ code: 20051, msg: expect.stringContaining('reqTime'), data: null });
      expect(api.closes).toEqual([]);
    },
  );
});
