import { createSign, type KeyObject, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Aes, Formatter } from 'wechatpay-axios-plugin';
import { gatewayText, restRequestText } from '../../src/sandbox/simulator/alipay/protocol/signing.ts';
import { seal } from '../../src/sandbox/simulator/wechat/protocol/aead.ts';
import { replyText, requestText } from '../../src/sandbox/simulator/wechat/protocol/signing.ts';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const sign = (text: string, key: KeyObject) => createSign('sha256').update(text).sign(key, 'base64');

describe('the signed texts', () => {
  test("WeChat: the documentation's sample request", () => {
    const sample = [
      'GET',
      '/v3/refund/domestic/refunds/123123123123',
      '1554208460',
      '593BEC0C930BF1AFEB40B4A08C8FB242',
      '',
    ] as const;
    const text =
      'GET\n/v3/refund/domestic/refunds/123123123123\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n';
    expect(requestText(...sample)).toBe(text);
    expect(Formatter.request(...sample)).toBe(text);
  });

  test('WeChat: a 204 signs an empty body', () => {
    expect(replyText('1554209980', 'c5ac7061fccab6bf3e254dcf98995b8c', '')).toBe(
      '1554209980\nc5ac7061fccab6bf3e254dcf98995b8c\n\n',
    );
  });

  test('Alipay: sorted, without sign and empty values, with sign_type', () => {
    const params = new Map([
      ['sign_type', 'RSA2'],
      ['method', 'alipay.trade.query'],
      ['sign', 'x'],
      ['app_id', '1'],
      ['notify_url', ''],
      ['biz_content', '{"out_trade_no":"a b"}'],
    ]);
    expect(gatewayText(params)).toBe(
      'app_id=1&biz_content={"out_trade_no":"a b"}&method=alipay.trade.query&sign_type=RSA2',
    );
  });

  test('Alipay v3: the app_auth_token, if present, is a separate line', () => {
    const request = {
      authString: 'app_id=1',
      method: 'POST',
      target: '/v3/x?a=1',
      body: '{}',
      appAuthToken: '',
    };
    expect(restRequestText(request)).toBe('app_id=1\nPOST\n/v3/x?a=1\n{}\n');
    expect(restRequestText({ ...request, appAuthToken: 't' })).toBe('app_id=1\nPOST\n/v3/x?a=1\n{}\nt\n');
  });

  test("AES-256-GCM: the SDK's own vector, and the way back", () => {
    const key = '0123456789abcdef0123456789abcdef';
    expect(seal(key, '0123456789abcdef', 'hello', 'world')).toBe('APoZlYpivU3HjbAiB4CvW1rAFr8J');
    const sealed = seal(key, 'abcdefabcdef', '中文', '');
    expect(Aes.AesGcm.decrypt(sealed, key, 'abcdefabcdef', '')).toBe('中文');
  });
});

describe('the platform certificate', () => {
  test('is returned encrypted, and is a real certificate of the signing key', async () => {
    const { simulator, wechat } = harness;
    const { data } = await wechat.certificates();
    const [entry] = JSON.parse(JSON.stringify(data.data));
    const { WECHAT_API_V3_KEY } = simulator.env;
    const { ciphertext, nonce, associated_data } = entry.encrypt_certificate;
    expect(associated_data).toBe('certificate');
    const pem = Aes.AesGcm.decrypt(ciphertext, WECHAT_API_V3_KEY, nonce, associated_data);
    const certificate = new X509Certificate(pem);
    expect(certificate.serialNumber).toBe(entry.serial_no);
    expect(certificate.verify(simulator.keys.wechat.certificate.publicKey)).toBe(true);
    expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(Date.now());
  });
});

describe('a handwritten client', () => {
  interface Slip {
    ageS?: number;
    serial?: string;
    tamper?: boolean;
    agent?: string | null;
    path?: string;
    method?: string;
  }

  async function askWechat(slip: Slip = {}) {
    const { keys, url } = harness.simulator;
    const { mchId, serialNo, merchant } = keys.wechat;
    const { ageS = 0, serial = serialNo, tamper = false, method = 'GET' } = slip;
    const target = slip.path ?? `/v3/pay/transactions/out-trade-no/A%7CB?mchid=${mchId}`;
    const timestamp = String(Math.floor(Date.now() / 1000) - ageS);
    const signature = sign(
      requestText(method, tamper ? `${target}&x=1` : target, timestamp, 'nonce', ''),
      merchant.privateKey,
    );
    const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${mchId}",nonce_str="nonce",signature="${signature}",timestamp="${timestamp}",serial_no="${serial}"`;
    const agent = slip.agent === undefined ? 'test' : slip.agent;
    const headers = { authorization, ...(agent === null ? { 'user-agent': '' } : { 'user-agent': agent }) };
    const response = await fetch(`${url}${target}`, { method, headers });
    return { status: response.status, body: await response.text(), headers: response.headers };
  }

  test('is trusted if it signs the request target as sent', async () => {
    expect(await askWechat()).toMatchObject({
      status: 404,
      body: expect.stringContaining('ORDER_NOT_EXIST'),
    });
    expect(harness.control.log().at(-1)).toMatchObject({ orderNo: 'A|B', verified: 'ok' });
  });

  test.each([
    ['six minutes old', { ageS: 360 }, /不得超过5分钟/],
    ['six minutes early', { ageS: -360 }, /不得超过5分钟/],
    ['another target', { tamper: true }, /验签失败/],
    ["another merchant's serial", { serial: 'ABCDEF' }, /序列号/],
  ])('401 SIGN_ERROR for a wrong signature: %s', async (_what, slip, reason) => {
    const reply = await askWechat(slip);
    expect(reply.status).toBe(401);
    expect(reply.body).toContain('SIGN_ERROR');
    expect(reply.headers.get('wechatpay-signature')).toBeNull();
    expect(harness.control.log().at(-1)?.verified).toMatch(reason);
  });

  test('400 without a User-Agent, 404 for a wrong path and 405 for a wrong method, the last two empty', async () => {
    expect((await askWechat({ agent: null })).status).toBe(400);
    expect(await askWechat({ path: '/v3/pay/unheard-of' })).toMatchObject({ status: 404, body: '' });
    expect(await askWechat({ path: '/v3/certificates', method: 'POST' })).toMatchObject({
      status: 405,
      body: '',
    });
  });

  test('Alipay v3 without credentials is 400 missing-timestamp, an old request invalid-timestamp', async () => {
    const { keys, url } = harness.simulator;
    const target = '/v3/alipay/trade/query';
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(`${url}${target}`, { method: 'POST', body: '{}', headers });
      return { status: response.status, body: await response.json() };
    };
    expect(await ask({})).toMatchObject({ status: 400, body: { code: 'missing-timestamp' } });
    const authString = `app_id=${keys.alipay.appId},nonce=n,timestamp=${Date.now() - 11 * 60_000}`;
    const text = restRequestText({ authString, method: 'POST', target, body: '{}', appAuthToken: '' });
    const authorization = `ALIPAY-SHA256withRSA ${authString},sign=${sign(text, keys.alipay.app.privateKey)}`;
    expect(await ask({ authorization })).toMatchObject({ status: 400, body: { code: 'invalid-timestamp' } });
  });

  test('gateway.do reads timestamps as Beijing time', async () => {
    const { keys, url } = harness.simulator;
    const params = new URLSearchParams({
      app_id: keys.alipay.appId,
      method: 'alipay.trade.query',
      sign_type: 'RSA2',
      // UTC, as a client in another time zone would write it.
      timestamp: new Date().toISOString().slice(0, 19).replace('T', ' '),
      biz_content: '{"out_trade_no":"ANY"}',
    });
    params.set('sign', sign(gatewayText(params), keys.alipay.app.privateKey));
    const response = await fetch(`${url}/gateway.do`, { method: 'POST', body: params });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(JSON.parse(await response.text())).toEqual({
      alipay_trade_query_response: expect.objectContaining({
        code: '40002',
        sub_code: 'isv.invalid-timestamp',
      }),
    });
  });
});
