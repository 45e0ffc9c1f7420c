import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataIsSigned, NOW_S, openApi, signed } from '../support.ts';

const names = fc.constantFrom(
  'orderNo',
  'paymentId',
  'businessNo',
  'nonceStr',
  'extraParam',
  'payChannels',
  'useCancel',
  'bizTradeNo',
  'reqTime',
  'sign',
  'clientIp',
  'amount',
  'channel',
  'expiredTime',
  '__proto__',
  'constructor',
);
const member = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(
    NOW_S,
    String(NOW_S),
    '2024-05-10 21:29:31',
    '2024-99-99',
    1700003600000,
    'A1',
    '127.0.0.1',
    1e300,
    -0,
  ),
);
const request = fc
  .array(fc.tuple(fc.oneof(names, fc.string({ unit: 'binary' })), member), { maxLength: 12 })
  .map(
    (entries) =>
      `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
  );
const bytes = fc.oneof(
  request.map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc.tuple(request, fc.nat(200)).map(([text, cut]) => Buffer.from(text).subarray(0, -1 - cut)),
);
const headers = fc.dictionary(
  fc.constantFrom('content-type', 'content-encoding', 'accept', 'x-forwarded-for', 'expect', 'x-anything'),
  fc.stringMatching(/^[ -~]{0,40}$/),
);
const operations = fc.constantFrom(
  '/unipay/pay',
  '/unipay/simplePay',
  '/unipay/close',
  '/unipay/cancel',
  '/unipay/query/payOrder',
  '/uni/query/payOrder',
  '/unipay/syncPay',
  '/unipay/sync/pay',
  '/unipay/sync/order/pay',
);
const urls = fc.oneof(operations, fc.constantFrom('/unipay/other', '/uni/other'));
const REFUSED = '未通过签名验证';

test('any unsigned request to any path gets a well-formed answer, and changes nothing', async () => {
  const api = openApi();
  await fc.assert(
    fc.asyncProperty(urls, bytes, headers, async (url, body, header) => {
      const reply = await api.post(url, body, header);
      expect(reply.status).toBe(200);
      expect(reply.contentType).toBe('application/json');
      const { code, msg, data, traceId, resTime } = reply.json;
      expect(traceId).toMatch(/^[A-Za-z0-9]{12}$/);
      expect(msg).toEqual(expect.any(String));
      if (data === undefined) expect(code).toBe(20051);
      else if (data === null) expect([code, msg]).toEqual([20052, REFUSED]);
      else {
        expect(data).toEqual({ code: 20052, msg: REFUSED, resTime: NOW_S, sign: expect.any(String) });
        expect(dataIsSigned(reply.json)).toBe(true);
      }
      if (typeof resTime === 'string') expect(reply.json.sign).toMatch(/^[0-9a-f]{64}$/);
    }),
    { numRuns: 1500 },
  );
  for (const done of [api.closes, api.cancels, api.syncs, api.creates, api.finds, api.nonces])
    expect(done).toEqual([]);
  expect(api.log.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a signed request with arbitrary fields is answered with 0 or a field error, never a crash', async () => {
  const api = openApi();
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom('A1', null),
  );
  await fc.assert(
    fc.asyncProperty(operations, fc.dictionary(names, scalar), async (path, fields) => {
      const { reqTime, sign, ...members } = fields;
      const { json } = await api.call(path, members);
      const code = json.code === 0 ? (json.data?.code ?? 0) : json.code;
      expect([0, 20011, 20012, 20051, 20060]).toContain(code);
    }),
    { numRuns: 300 },
  );
});

test('a truncated signed request closes nothing, and one with a flipped bit no other order', async () => {
  const api = openApi();
  const whole = Buffer.from(JSON.stringify(signed({ orderNo: 'A1', clientIp: '127.0.0.1' })));
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
      const closedBefore = api.closes.length;
      await api.post('/unipay/close', whole.subarray(0, at));
      expect(api.closes).toHaveLength(closedBefore);
      const turned = Buffer.from(whole);
      turned[at] = (turned[at] ?? 0) ^ (1 << bit);
      await api.post('/unipay/close', turned);
    }),
  );
  expect(api.closes.filter(({ numbers }) => numbers.orderNo !== 'A1')).toEqual([]);
});
