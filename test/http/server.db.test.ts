import { describe, expect, test } from 'vitest';
import { shortTraceId } from '../../src/http/trace-id.ts';
import { newTraceId } from '../../src/platform/log/trace.ts';
import { openApi, signed } from './support.ts';

describe('on the API’s paths, everything is HTTP 200 with a code', () => {
  test.each([
    ['GET', '/unipay/close'],
    ['PUT', '/unipay/close'],
    ['DELETE', '/unipay/pay'],
    ['POST', '/unipay/nothing'],
    ['POST', '/unipay'],
    ['POST', '/unipay/close/'],
    ['POST', '/uni/query/payOrder'],
    ['GET', '/uni?a=1'],
    ['POST', '/unipay/%zz'],
    ['POST', `/unipay/${'x'.repeat(5000)}`],
  ] as const)('%s %s', async (method, url) => {
    const response = await openApi().app.inject({
      method,
      url,
      payload: method === 'GET' ? undefined : '{}',
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.json()).toEqual({ code: 20051, msg: expect.any(String), traceId: 'JQWKpAeCJGlX' });
  });
});

test.each(['/', '/unipays', '/universe', '/notify/paypal', '/%zz'])(
  'on other paths it is not: %s',
  async (url) => {
    const response = await openApi().app.inject({ method: 'POST', url, payload: '{}' });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
  },
);

describe('GET /healthz', () => {
  test.each<[string, () => Promise<boolean>, number]>([
    ['healthy', async () => true, 200],
    ['not healthy', async () => false, 503],
    ['unknown', () => Promise.reject(new Error('gone')), 503],
  ])('%s', async (_name, isHealthy, status) => {
    expect((await openApi({ isHealthy }).app.inject('/healthz')).statusCode).toBe(status);
  });
});

test('the trace id in an answer has 12 letters and digits and is unique', () => {
  const ids = Array.from({ length: 1000 }, () => shortTraceId(newTraceId()));
  expect(ids.every((id) => /^[A-Za-z0-9]{12}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(1000);
});

test('a running close is answered although the server is closing', async () => {
  let release = () => {};
  let started = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const isUnderWay = new Promise<void>((resolve) => {
    started = resolve;
  });
  const api = openApi({
    async closing() {
      started();
      await held;
      return { kind: 'not_found' };
    },
  });
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const body = JSON.stringify(signed({ orderNo: 'A1' }));
  const reply = fetch(`${address}/unipay/close`, { method: 'POST', body });
  await isUnderWay;
  const closed = api.app.close();
  release();
  expect(await (await reply).json()).toMatchObject({ code: 0, data: { code: 20041 } });
  await closed;
});
