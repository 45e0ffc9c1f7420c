import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { AlipaySdk } from 'alipay-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toBeijing } from '../../../src/channel/adapter/beijing-time.ts';
import { type AlipayClient, createAlipayClient } from '../../../src/channel/built-in/alipay/client.ts';
import type { Simulator } from '../../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../../support/simulator.ts';
import { alipayConfig, urlOf } from '../support.ts';

/** Alipay's own SDK judges what the client signs. It takes part in nothing that the program runs. */

interface Sent {
  method: string;
  url: string;
  headers: Record<string, unknown>;
  body: string;
}

const requests = new EventEmitter();
const recorder = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const { method = '', url = '', headers } = request;
  requests.emit('request', { method, url, headers, body: Buffer.concat(chunks).toString() });
  response.writeHead(400, { 'Content-Type': 'application/json' }).end('{}');
});

let simulator: Simulator;
let client: AlipayClient;
let sdk: AlipaySdk;
/** The SDK in Alipay's place: its key of "Alipay" is the application's. */
let judge: AlipaySdk;

beforeAll(async () => {
  simulator = await startTestSimulator();
  recorder.listen(0, '127.0.0.1');
  await once(recorder, 'listening');
  const endpoint = urlOf(recorder);
  client = createAlipayClient({ ...alipayConfig(simulator), endpoint }, 5_000);
  const { env, keys } = simulator;
  const own = { appId: env.ALIPAY_APP_ID, privateKey: env.ALIPAY_PRIVATE_KEY, keyType: 'PKCS8' } as const;
  const places = { endpoint, gateway: `${endpoint}/gateway.do` };
  sdk = new AlipaySdk({ ...own, ...places, alipayPublicKey: env.ALIPAY_PUBLIC_KEY });
  const appKey = keys.alipay.app.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  judge = new AlipaySdk({ ...own, ...places, alipayPublicKey: appKey });
});
afterEach(() => simulator.control.reset());
afterAll(async () => {
  recorder.closeAllConnections();
  recorder.close();
  await Promise.all([once(recorder, 'close'), simulator.close()]);
});

/** The request that a call sends; the recorder refuses it. */
async function sentBy(call: () => Promise<unknown>): Promise<Sent> {
  const [[sent]] = await Promise.all([once(requests, 'request'), call().catch(() => {})]);
  return sent;
}

const now = new Date('2026-02-28T16:00:07Z');
const timestamp = toBeijing(now);
const awkward = '一杯茶😀 a+b&c=d/100% "\\\' (~!*)';

describe('REST v3', () => {
  const path = '/v3/alipay/trade/query';
  const body = { out_trade_no: 'A1', subject: awkward };
  const AUTHORIZATION =
    /^ALIPAY-SHA256withRSA (app_id=\d+,nonce=[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12},timestamp=\d{13}),sign=(\S+)$/;

  test('signs what the SDK signs, and the SDK accepts the signature', async () => {
    const ours = await sentBy(() => client.post(path, body));
    const theirs = await sentBy(() => sdk.curl('POST', path, { body }));
    for (const { method, url, headers, body } of [ours, theirs]) {
      const [, caller, sign = ''] = AUTHORIZATION.exec(String(headers.authorization)) ?? [];
      const text = `${caller}\n${method}\n${url}\n${body}\n`;
      expect(judge.rsaCheck(text, sign, 'RSA2')).toBe(true);
      expect(judge.rsaCheck(`${text} `, sign, 'RSA2')).toBe(false);
    }
    expect([ours.method, ours.url, ours.body]).toEqual([theirs.method, theirs.url, theirs.body]);
    for (const name of ['content-type', 'accept']) expect(ours.headers[name]).toBe(theirs.headers[name]);
    expect(ours.headers['alipay-request-id']).toMatch(/^[\da-f]{32}$/);
  });

  test('no two requests share a nonce', async () => {
    const sent = [
      await sentBy(() => client.post(path, body)),
      await sentBy(() => client.post(path, body)),
    ].map(({ headers }) => headers.authorization);
    const nonces = sent.map((authorization) => /nonce=([^,]+)/.exec(String(authorization))?.[1]);
    expect(new Set(nonces).size).toBe(2);
  });

  test('the path of a proxy is sent, but not signed', async () => {
    const endpoint = `${urlOf(recorder)}/proxy`;
    const proxied = createAlipayClient({ ...alipayConfig(simulator), endpoint }, 5_000);
    const { url, headers, body: text } = await sentBy(() => proxied.post(path, body));
    const [, caller, sign = ''] = AUTHORIZATION.exec(String(headers.authorization)) ?? [];
    expect(url).toBe(`/proxy${path}`);
    expect(judge.rsaCheck(`${caller}\nPOST\n${path}\n${text}\n`, sign, 'RSA2')).toBe(true);
  });
});

describe('the older protocol', () => {
  test('a query is the SDK’s, signature included', async () => {
    const orderNo = 'A1|B-2_c*';
    const ours = await sentBy(() => client.querySigned(orderNo, now));
    const bizContent = { out_trade_no: orderNo };
    const theirs = await sentBy(() => sdk.exec('alipay.trade.query', { timestamp, bizContent }));
    const [of, like] = [ours, theirs].map(({ method, url, body }) => ({
      method,
      path: url.split('?')[0],
      query: Object.fromEntries(new URLSearchParams(url.split('?')[1])),
      body: Object.fromEntries(new URLSearchParams(body)),
    }));
    expect(of).toEqual(like);
    expect(of?.query.sign).toMatch(/^\S{344}$/);
  });

  const bizContent = { out_trade_no: 'A1', total_amount: '12.34', subject: awkward, time_expire: timestamp };
  const notifyUrl = 'https://pay.example.com/notify/ali_pay?a=1&b=茶';
  const returnUrl = 'https://shop.example.com/paid?order=1&from=钱 +%20';

  test('the text for an app is the SDK’s, byte by byte', async () => {
    const ours = await client.signed('app', 'alipay.trade.app.pay', { notifyUrl, bizContent }, now);
    const theirs = sdk.sdkExecute('alipay.trade.app.pay', { notifyUrl, timestamp, bizContent });
    expect(ours).toBe(theirs);
  });

  test.each([
    ['with a return URL', { returnUrl }],
    ['without one', {}],
    ['with half of a surrogate pair', { returnUrl: 'https://shop.example.com/\udfff' }],
  ])('a page URL has the SDK’s parameters, %s, and the SDK accepts the signature', async (_, more) => {
    const call = { notifyUrl, bizContent, ...more };
    const ours = new URL(await client.signed('page', 'alipay.trade.wap.pay', call, now));
    const theirs = new URL(sdk.pageExecute('alipay.trade.wap.pay', 'GET', { ...call, timestamp }));
    const { sign: ourSign = '', ...parameters } = Object.fromEntries(ours.searchParams);
    const { sign, alipay_sdk, ...theirParameters } = Object.fromEntries(theirs.searchParams);
    expect(ours.origin + ours.pathname).toBe(theirs.origin + theirs.pathname);
    expect(parameters).toEqual(theirParameters);
    expect(judge.checkNotifySignV2({ ...parameters, sign: ourSign })).toBe(true);
    expect(judge.checkNotifySignV2({ ...parameters, alipay_sdk, sign })).toBe(true);
    expect(judge.checkNotifySignV2({ ...parameters, version: '1.1', sign: ourSign })).toBe(false);
  });
});

describe('the simulator as the judge', () => {
  test('every kind of request is verified, and its answer too', async () => {
    const { control } = simulator;
    const real = createAlipayClient(alipayConfig(simulator), 5_000);
    const orderNo = 'JUDGED1';
    const order = { out_trade_no: orderNo, total_amount: '1.00', subject: awkward.replaceAll(/[/=&]/g, '') };
    expect(await real.post('/v3/alipay/trade/precreate', order)).toMatchObject({
      kind: 'verified',
      status: 200,
      data: { out_trade_no: orderNo },
    });
    expect(await real.querySigned(orderNo, new Date())).toMatchObject({
      kind: 'refusal',
      code: 'ACQ.TRADE_NOT_EXIST',
    });
    const sent = control.log().map(({ protocol, verified }) => [protocol, verified]);
    expect(sent).toEqual([
      ['alipay-v3', 'ok'],
      ['alipay-v2', 'ok'],
    ]);
  });
});
