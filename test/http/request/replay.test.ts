import { describe, expect, test } from 'vitest';
import { sdk30 } from '../sdk/sdk-3-0.ts';
import { NOW_S, openApi, SECRET, signed } from '../support.ts';
import { nonceMemory } from './nonce-memory.ts';

const close = '/unipay/close';
const cancel = '/unipay/cancel';

describe('a captured request with a nonce is not accepted again', () => {
  test('with quotes in the nonce', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = signed({ bizOrderNo: 'P0001', nonceStr: 'n1' });
    expect((await api.post(close, JSON.stringify(body))).json.data?.code).toBe(0);
    const changed = JSON.stringify({ ...body, nonceStr: 'n"1', sign: String(body.sign).toUpperCase() });
    expect((await api.post(close, changed)).json.data?.code).toBe(20051);
    expect((await api.post(cancel, changed)).json.data?.code).toBe(20051);
    expect([api.closes.length, api.cancels.length]).toEqual([1, 0]);
  });

  test('in 3.0, with the nonce in another case', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = sdk30.body({ bizOrderNo: 'P0001', nonceStr: 'n1' }, SECRET, 'HMAC_SHA256');
    expect((await api.post(close, body)).json.code).toBe(0);
    expect((await api.post(close, body.replace('"n1"', '"N1"'))).json.code).toBe(20051);
    expect((await api.post(close, body.replace('nonceStr', 'noncestr'))).json.code).toBe(20051);
    expect(api.closes).toHaveLength(1);
  });

  test('with the nonce in the value, or the name, of another member', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = signed({ bizOrderNo: 'P0001', mchNo: 'M1', nonceStr: 'n1' });
    expect((await api.post(close, JSON.stringify(body))).json.data?.code).toBe(0);
    const { sign } = body;
    const inValue = { sign, reqTime: NOW_S, bizOrderNo: 'P0001', mchNo: 'M1&nonceStr=n1' };
    expect((await api.post(close, JSON.stringify(inValue))).json.data?.code).toBe(20051);
    const inName = { sign, reqTime: NOW_S, bizOrderNo: 'P0001', 'mchNo=M1&nonceStr': 'n1' };
    expect((await api.post(close, JSON.stringify(inName))).json.data).toMatchObject({
      code: 20051,
      msg: expect.stringContaining('字段名'),
    });
    expect(api.closes).toHaveLength(1);
  });
});

test.each(['a=1&b', '', '_a', '1a', 'a b', '名', 'a'.repeat(65), '__proto__'])(
  'a member with this name is rejected: %s',
  async (name) => {
    const api = openApi();
    const members = Object.fromEntries([
      ['bizOrderNo', 'P0001'],
      [name, 'x'],
    ]);
    expect((await api.call(close, members)).json.data?.code).toBe(20051);
    expect(api.closes).toEqual([]);
  },
);

describe('a signature without a nonce', () => {
  test('of a close is invalid for a cancel, and the close may be repeated', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = JSON.stringify(signed({ bizOrderNo: 'P0001' }));
    const codeOn = async (path: string) => (await api.post(path, body)).json.data?.code;
    expect(await codeOn(close)).toBe(0);
    expect(await codeOn(cancel)).toBe(20051);
    expect(await codeOn(cancel)).toBe(20051);
    expect(await codeOn(close)).toBe(0);
    expect([api.closes.length, api.cancels.length]).toEqual([2, 0]);
  });

  test('of a cancel is invalid for a close', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = JSON.stringify(signed({ bizOrderNo: 'P0001' }));
    expect((await api.post(cancel, body)).json.data?.code).toBe(0);
    expect((await api.post(close, body)).json.data?.code).toBe(20051);
  });

  test('of a pay is invalid for a cancel', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const members = { bizOrderNo: 'P0001', title: 'tea', channel: 'ali_pay', method: 'qrcode', amount: 100 };
    const body = JSON.stringify(signed(members));
    expect((await api.post('/unipay/pay', body)).json.data?.code).toBe(0);
    expect((await api.post(cancel, body)).json.data?.code).toBe(20051);
    expect(api.cancels).toEqual([]);
  });

  test('may be shared by query, sync and close, and by concurrent closes', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = JSON.stringify(signed({ bizOrderNo: 'P0001' }));
    const paths = ['/uni/query/payOrder', '/unipay/syncPay', ...Array<string>(20).fill(close)];
    const replies = await Promise.all(paths.map((path) => api.post(path, body)));
    expect(replies.map(({ json }) => json.data?.code)).toEqual(paths.map(() => 0));
    expect(api.closes).toHaveLength(20);
  });

  test('is accepted for at most one of two concurrent purposes', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = JSON.stringify(signed({ bizOrderNo: 'P0001' }));
    await Promise.all([api.post(close, body), api.post(cancel, body)]);
    expect(api.closes.length + api.cancels.length).toBeLessThanOrEqual(1);
  });

  test('in 3.0 of a close is invalid for a close with useCancel in another case', async () => {
    const api = openApi({ remembering: nonceMemory() });
    const body = sdk30.body({ bizOrderNo: 'P0001', usecancel: true }, SECRET, 'HMAC_SHA256');
    expect((await api.post(close, body)).json.code).toBe(0);
    expect((await api.post(close, body.replace('usecancel', 'useCancel'))).json.code).toBe(20051);
    expect(api.cancels).toEqual([]);
  });

  test('is accepted while the memory is unavailable', async () => {
    const api = openApi({ remembering: async () => 'unavailable' });
    const body = JSON.stringify(signed({ bizOrderNo: 'P0001' }));
    for (const path of [close, close, cancel]) expect((await api.post(path, body)).json.data?.code).toBe(0);
  });
});
