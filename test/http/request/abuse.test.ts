import { describe, expect, test } from 'vitest';
import { createRateLimit } from '../../../src/http/daxpay/rate-limit.ts';
import { sdk30 } from '../sdk/sdk-3-0.ts';
import { dataIsSigned, NOW_S, openApi, SECRET, signed } from '../support.ts';
import { nonceMemory } from './nonce-memory.ts';

const close = '/unipay/close';

describe('a nonceStr', () => {
  test('is accepted once; repeating the request changes nothing', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = JSON.stringify(signed({ bizOrderNo: 'P0001', nonceStr: 'n1' }));
    expect((await api.post(close, body)).json.data?.code).toBe(0);
    const again = (await api.post(close, body)).json;
    expect(again.data).toMatchObject({ code: 20051, msg: expect.stringContaining('nonceStr') });
    expect(dataIsSigned(again)).toBe(true);
    expect(api.closes).toHaveLength(1);
    const sign = signed({ bizOrderNo: 'P0001', nonceStr: 'n1' }).sign;
    expect(api.nonces.slice(0, 2)).toEqual([
      { key: `sign:${sign}`, ttlMs: 600_000 },
      { key: 'n1', ttlMs: 600_000 },
    ]);
  });

  test('is accepted once in 3.0 too', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = sdk30.body({ bizOrderNo: 'P0001', useCancel: true, nonceStr: 'n1' }, SECRET, 'HMAC_SHA256');
    expect((await api.post(close, body)).json).toMatchObject({ code: 0, data: null });
    expect((await api.post(close, body)).json).toMatchObject({ code: 20051, data: null });
    expect(api.cancels).toHaveLength(1);
  });

  test('is not used up by a request that is rejected for another reason', async () => {
    const api = openApi();
    await api.post(
      close,
      JSON.stringify({ bizOrderNo: 'P0001', nonceStr: 'n1', reqTime: NOW_S, sign: 'ab' }),
    );
    await api.call(close, { bizOrderNo: 'P0001', nonceStr: 'n1', reqTime: NOW_S - 301 });
    await api.call(close, { bizOrderNo: 'P0001', nonceStr: 'n1', clientIp: 'localhost' });
    await api.call(close, { bizOrderNo: 'P0001', nonceStr: 'x'.repeat(65) });
    expect(api.nonces).toEqual([]);
  });

  test('is optional, and may be a number', async () => {
    const api = openApi();
    for (const nonce of [{}, { nonceStr: null }, { nonceStr: '' }])
      expect((await api.call(close, { bizOrderNo: 'P0001', ...nonce })).json.data?.code).toBe(0);
    expect(api.nonces.every(({ key }) => /^(sign|pay|close|cancel):/.test(key))).toBe(true);
    await api.call(close, { bizOrderNo: 'P0001', nonceStr: 7 });
    expect(api.nonces.at(-1)?.key).toBe('7');
  });

  test('is remembered for a day if any reqTime is accepted', async () => {
    const api = openApi({ settings: { reqTimeToleranceS: 0 } });
    await api.call(close, { bizOrderNo: 'P0001', nonceStr: 'n1' });
    expect(api.nonces[0]?.ttlMs).toBe(86_400_000);
  });

  test.each<[string, () => Promise<'unavailable'>]>([
    ['reports that it is unavailable', async () => 'unavailable'],
    ['throws', () => Promise.reject(new Error('ECONNREFUSED'))],
    ['never answers', () => new Promise(() => {})],
  ])('no request is rejected when the memory %s', async (_name, remember) => {
    const api = openApi({ remembering: remember });
    expect((await api.call(close, { bizOrderNo: 'P0001', nonceStr: 'n1' })).json.data?.code).toBe(0);
    expect(api.log.some(({ level }) => level === 'warn')).toBe(true);
  });
});

describe('the rate limit', () => {
  test('rejects calls above it, in the form of the generation, and changes nothing', async () => {
    let nowMs = NOW_S * 1000;
    const api = openApi({ settings: { rateLimitPerMinute: 2 }, now: () => new Date(nowMs) });
    const code = async () => (await api.call(close, { bizOrderNo: 'P0001' })).json.data?.code;
    expect([await code(), await code(), await code()]).toEqual([0, 0, 20080]);
    expect(api.closes).toHaveLength(2);
    const { json } = await api.post(close, sdk30.body({ bizOrderNo: 'P0001' }, SECRET, 'HMAC_SHA256'));
    expect(json).toMatchObject({ code: 20080, msg: '请求过于频繁', data: null });
    nowMs += 30_000;
    expect([await code(), await code()]).toEqual([0, 20080]);
  });

  test.each([
    ['is trusted', ['127.0.0.0/8'], 0],
    ['is not trusted from a stranger', ['10.0.0.0/8'], 20080],
    ['is not trusted by default', undefined, 20080],
  ])('X-Forwarded-For %s', async (_name, trustProxy, code) => {
    const api = openApi({
      settings: { rateLimitPerMinute: 1 },
      ...(trustProxy === undefined ? {} : { trustProxy }),
    });
    const from = async (address: string) => {
      const body = JSON.stringify(signed({ bizOrderNo: 'P0001' }));
      return (await api.post(close, body, { 'x-forwarded-for': address })).json.data?.code;
    };
    expect(await from('203.0.113.1')).toBe(0);
    expect(await from('203.0.113.2')).toBe(code);
  });

  test('a forwarded value that is not an address is used neither for the limit nor for the record', async () => {
    const api = openApi({ settings: { rateLimitPerMinute: 1 }, trustProxy: ['127.0.0.1'] });
    const body = JSON.stringify(signed({ bizOrderNo: 'P0001' }));
    const codes = [];
    for (const word of ['x'.repeat(300), 'y'.repeat(300)]) {
      codes.push((await api.post(close, body, { 'x-forwarded-for': word })).json.data?.code);
    }
    expect(codes).toEqual([0, 20080]);
    expect(api.closes[0]?.trigger.clientIp).toBe('127.0.0.1');
  });

  test('is off by default', async () => {
    const api = openApi();
    for (let i = 0; i < 50; i++) await api.call(close, { bizOrderNo: 'P0001' });
    expect(api.closes).toHaveLength(50);
  });

  test('counts clients separately, refills up to its size, and survives a clock set back', () => {
    const isWithinLimit = createRateLimit(2);
    const calls = (client: string, at: number) => [1, 2, 3].map(() => isWithinLimit(client, at));
    expect(calls('a', 0)).toEqual([true, true, false]);
    expect(calls('b', 0)).toEqual([true, true, false]);
    expect(calls('a', 3_600_000)).toEqual([true, true, false]);
    expect(calls('a', 0)).toEqual([false, false, false]);
  });

  test('evicts the least recent client when there are too many', () => {
    const isWithinLimit = createRateLimit(1);
    isWithinLimit('quiet', 0);
    isWithinLimit('busy', 0);
    for (let i = 0; i < 9_999; i++) {
      isWithinLimit(`client ${i}`, 0);
      isWithinLimit('busy', 0);
    }
    expect(isWithinLimit('busy', 0)).toBe(false);
    expect(isWithinLimit('quiet', 0)).toBe(true);
  });
});
