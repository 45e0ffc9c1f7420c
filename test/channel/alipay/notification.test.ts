import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAlipayChannel } from '../../../src/channel/built-in/alipay/alipay-channel.ts';

const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const app = newKeys();
const alipay = newKeys();
const stranger = newKeys();

const config = {
  endpoint: 'http://127.0.0.1:9',
  appId: '2021000000000001',
  privateKey: app.privateKey,
  publicKey: alipay.publicKey,
  sellerId: '2088000000000001',
  notifyUrl: 'https://pay.example.com/notify/ali_pay',
};
const channel = createAlipayChannel(config);

const trade: Record<string, string> = {
  app_id: config.appId,
  seller_id: config.sellerId,
  notify_id: '2026010100222000000000000000000001',
  notify_time: '2026-01-01 10:00:05',
  notify_type: 'trade_status_sync',
  out_trade_no: 'AC1',
  trade_no: '2026010122001',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '0.29',
  gmt_payment: '2026-01-01 10:00:00',
  subject: '一杯茶',
  charset: 'utf-8',
  version: '1.0',
};

interface Signing {
  key?: KeyObject;
  signType?: string;
  digest?: 'sha256' | 'sha1';
}

/** Signs as Alipay does: every non-empty parameter, sorted, not encoded. */
function form(
  params: Record<string, string>,
  { key = alipay.privateKey, signType = 'RSA2', digest = 'sha256' }: Signing = {},
) {
  const text = Object.keys(params)
    .filter((name) => params[name] !== '')
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&');
  const signature = sign(digest, Buffer.from(text), key).toString('base64');
  return new URLSearchParams({ ...params, sign_type: signType, sign: signature });
}

const readText = (body: string) => channel.parseNotification({ headers: {}, body: Buffer.from(body) });
const read = (params: Record<string, string>, signing?: Signing) =>
  readText(form(params, signing).toString());
const rejected = (reason: string) => ({ kind: 'rejected', reason });

describe('a payment', () => {
  test('signed by Alipay is parsed', () => {
    expect(read(trade)).toEqual({
      kind: 'payment',
      eventId: trade.notify_id,
      payment: {
        orderNo: 'AC1',
        channelTradeNo: '2026010122001',
        amountFen: 29,
        paidAt: new Date('2026-01-01T02:00:00Z'),
      },
      body: JSON.stringify({ ...trade, sign_type: 'RSA2' }),
    });
  });
  test.each(['100% 茶', '%E4%BD', 'a=b&c=d', ' + ', '"quoted" \\'])(
    'with the subject %j is parsed',
    (subject) => {
      expect(read({ ...trade, subject })).toMatchObject({ kind: 'payment' });
    },
  );
  test('with empty values is parsed: Alipay does not sign them', () => {
    expect(read({ ...trade, passback_params: '', body: '' })).toMatchObject({ kind: 'payment' });
  });
  test('in an unknown charset, or with invalid bytes for it, is rejected', () => {
    const unreadable = rejected('not in a charset that is known');
    expect(read({ ...trade, charset: 'utf-16' })).toEqual(unreadable);
    expect(read({ ...trade, charset: 'gbk', subject: '茶' })).toEqual(unreadable);
    expect(read({ ...trade, charset: 'gbk', subject: 'tea' })).toMatchObject({ kind: 'payment' });
  });
  test('of a finished trade is parsed', () => {
    expect(read({ ...trade, trade_status: 'TRADE_FINISHED' })).toMatchObject({ kind: 'payment' });
  });
  test('of any seller is parsed if none is configured', () => {
    const anySeller = createAlipayChannel({ ...config, sellerId: null });
    const body = Buffer.from(form({ ...trade, seller_id: '2088000000000002' }).toString());
    expect(anySeller.parseNotification({ headers: {}, body })).toMatchObject({ kind: 'payment' });
  });
});

describe('content without Alipay’s signature is rejected', () => {
  test('another value', () => {
    const params = form(trade);
    params.set('total_amount', '0.01');
    expect(readText(params.toString())).toEqual(rejected('bad signature'));
  });
  test('an additional parameter', () => {
    const params = form(trade);
    params.set('gmt_close', '2026-01-01 10:00:00');
    expect(readText(params.toString())).toEqual(rejected('bad signature'));
  });
  test('another key, including the application’s', () => {
    expect(read(trade, { key: stranger.privateKey })).toEqual(rejected('bad signature'));
    expect(read(trade, { key: app.privateKey })).toEqual(rejected('bad signature'));
  });
  test('RSA with SHA-1, even with a valid signature', () => {
    expect(read(trade, { signType: 'RSA', digest: 'sha1' })).toEqual(rejected('not signed with RSA2'));
  });
  test.each(['', 'rsa2', 'NONE', 'constructor'])('the signature type %j', (signType) => {
    expect(read(trade, { signType })).toEqual(rejected('not signed with RSA2'));
  });
  test('SHA-1 under the name of RSA2', () => {
    expect(read(trade, { digest: 'sha1' })).toEqual(rejected('bad signature'));
  });
  test.each(['sign', 'sign_type'])('without %s', (name) => {
    const params = form(trade);
    params.delete(name);
    expect(readText(params.toString()).kind).toBe('rejected');
  });
  test.each(['total_amount', 'sign', 'out_trade_no'])('a repeated %s', (name) => {
    const params = form(trade);
    params.append(name, 'other');
    expect(readText(params.toString())).toEqual(rejected('a parameter twice'));
  });
  test.each(['__proto__', 'constructor', 'toString', 'sign_type[]'])(
    'the parameter %s in addition',
    (name) => {
      const params = form(trade);
      params.append(name, '{"sign_type":"RSA2"}');
      expect(readText(params.toString())).toEqual(rejected('bad signature'));
    },
  );
  test.each(['', '{}', '=', '&&&', '%', 'a'.repeat(1000), '\u0000'])('the body %j', (body) => {
    expect(readText(body).kind).toBe('rejected');
  });
});

describe('signed, but not a payment to us', () => {
  test('another application', () => {
    expect(read({ ...trade, app_id: '2021000000000002' })).toEqual(rejected('another application’s'));
  });
  test.each(['2088000000000002', ''])('the seller %j', (seller_id) => {
    expect(read({ ...trade, seller_id })).toMatchObject({
      kind: 'doubtful',
      what: 'TRADE_SUCCESS another seller’s',
    });
  });
  test('no id', () => {
    expect(read({ ...trade, notify_id: '' })).toEqual(rejected('not a notification'));
  });
  test.each<Record<string, string>>([
    { gmt_payment: '' },
    { gmt_payment: '2026-02-30 10:00:00' },
    { total_amount: '1e2' },
    { total_amount: '0.00' },
    { trade_no: '' },
  ])('a payment with %j is not trusted', (change) => {
    const orderNo = trade.out_trade_no;
    const what = 'TRADE_SUCCESS incomplete payment';
    expect(read({ ...trade, ...change })).toMatchObject({ kind: 'doubtful', orderNo, what });
  });
  test.each(['WAIT_BUYER_PAY', 'TRADE_CLOSED', 'TRADE_PENDING'])('%s: triggers a query', (trade_status) => {
    expect(read({ ...trade, trade_status })).toMatchObject({ kind: 'doubtful', what: trade_status });
  });
  test('about no trade: no action', () => {
    expect(read({ ...trade, out_trade_no: '', trade_status: 'X' })).toMatchObject({
      kind: 'other',
      what: 'X',
    });
  });
  test.each<Record<string, string>>([
    { refund_fee: '0.10' },
    { gmt_refund: '2026-01-01 11:00:00.123' },
    { refund_fee: '?' },
  ])('a refund (%j) is not a payment', (refund) => {
    expect(read({ ...trade, ...refund })).toMatchObject({ kind: 'doubtful', what: 'TRADE_SUCCESS refund' });
  });
});

test('Alipay takes only the body for an acceptance', () => {
  expect(channel.replies.accepted).toEqual({ status: 200, contentType: 'text/plain', body: 'success' });
  expect(channel.replies.failed.body).toBe('failure');
});
