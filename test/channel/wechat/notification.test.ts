import { createCipheriv, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aboutWechat } from '../../../src/channel/built-in/wechat/about.ts';
import { createWechatNotificationReader } from '../../../src/channel/built-in/wechat/notify/notification.ts';
import type { RawNotification } from '../../../src/channel/channel.ts';

const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const platform = newKeys();
const certified = newKeys();
const stranger = newKeys();

const SERIAL = 'PUB_KEY_ID_0114000000012026010100000000000001';
const CERTIFICATE = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
const API_V3_KEY = '0123456789abcdef0123456789abcdef';
const now = new Date('2026-01-01T02:00:05Z');
const NOW_S = now.getTime() / 1000;

const read = createWechatNotificationReader({
  mchId: '1900000001',
  appId: 'wx0123456789abcdef',
  apiV3Key: API_V3_KEY,
  publicKeys: { [SERIAL]: platform.publicKey, [CERTIFICATE]: certified.publicKey },
});

const transaction = {
  mchid: '1900000001',
  appid: 'wx0123456789abcdef',
  out_trade_no: 'AC1',
  transaction_id: '4200000001',
  trade_state: 'SUCCESS',
  success_time: '2026-01-01T10:00:00+08:00',
  amount: { total: 100, payer_total: 100, currency: 'CNY', payer_currency: 'CNY' },
};

function seal(content: unknown, key = API_V3_KEY, associatedData = 'transaction') {
  const nonce = 'abcdefghijkl';
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associatedData));
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    original_type: 'transaction',
    ciphertext: sealed.toString('base64'),
    associated_data: associatedData,
    nonce,
  };
}

const event = (content: unknown = transaction) => ({
  id: 'EV-1',
  event_type: 'TRANSACTION.SUCCESS',
  resource_type: 'encrypt-resource',
  summary: '支付成功',
  resource: seal(content),
});

interface Signing {
  key?: KeyObject;
  serial?: string;
  timestamp?: string;
}

function notify(
  content: unknown,
  { key = platform.privateKey, serial = SERIAL, timestamp = String(NOW_S) }: Signing = {},
) {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const text = Buffer.concat([Buffer.from(`${timestamp}\nnonce\n`), body, Buffer.from('\n')]);
  const headers: RawNotification['headers'] = {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': 'nonce',
    'wechatpay-serial': serial,
    'wechatpay-signature': sign('sha256', text, key).toString('base64'),
  };
  return { headers, body };
}

const rejected = (reason: string) => ({ kind: 'rejected', reason });

describe('a payment', () => {
  test('signed with the public key is parsed', () => {
    expect(read(notify(event()), now)).toEqual({
      kind: 'payment',
      eventId: 'EV-1',
      payment: {
        orderNo: 'AC1',
        channelTradeNo: '4200000001',
        amountFen: 100,
        paidAt: new Date('2026-01-01T02:00:00Z'),
      },
      body: JSON.stringify(transaction),
    });
  });
  test('signed with a platform certificate is parsed as well', () => {
    const raw = notify(event(), { key: certified.privateKey, serial: CERTIFICATE });
    expect(read(raw, now)).toMatchObject({ kind: 'payment' });
  });
  test('without associated data is parsed as well', () => {
    const raw = notify({ ...event(), resource: seal(transaction, API_V3_KEY, '') });
    expect(read(raw, now)).toMatchObject({ kind: 'payment' });
  });
  test.each([-300, 300])('signed %d s away is still parsed', (offset) => {
    expect(read(notify(event(), { timestamp: String(NOW_S + offset) }), now)).toMatchObject({
      kind: 'payment',
    });
  });
});

describe('content without WeChat Pay’s signature is rejected', () => {
  test('another body', () => {
    const raw = notify(event());
    const body = Buffer.from(raw.body.toString().replace('EV-1', 'EV-2'));
    expect(read({ ...raw, body }, now)).toEqual(rejected('bad signature'));
  });
  test('the same content in other bytes', () => {
    const raw = notify(event());
    const body = Buffer.from(JSON.stringify(JSON.parse(raw.body.toString()), null, 1));
    expect(read({ ...raw, body }, now)).toEqual(rejected('bad signature'));
  });
  test('another key', () => {
    expect(read(notify(event(), { key: stranger.privateKey }), now)).toEqual(rejected('bad signature'));
  });
  test('the key of another serial number', () => {
    expect(read(notify(event(), { serial: CERTIFICATE }), now)).toEqual(rejected('bad signature'));
  });
  test.each(['0000', '__proto__', 'constructor'])('the unknown serial number %s', (serial) => {
    expect(read(notify(event(), { serial }), now)).toEqual(rejected('signed with an unknown key'));
  });
  test('a signature test', () => {
    const raw = notify(event());
    raw.headers['wechatpay-signature'] = `WECHATPAY/SIGNTEST/${raw.headers['wechatpay-signature']}`;
    expect(read(raw, now)).toEqual(rejected('signature test'));
  });
  test.each([-301, 301])('signed %d s away', (offset) => {
    const raw = notify(event(), { timestamp: String(NOW_S + offset) });
    expect(read(raw, now)).toEqual(rejected('signed too long ago, or clocks differ'));
  });
  test.each(['', 'NaN', '1e9', '-1', `${NOW_S}.0`])('the timestamp %j', (timestamp) => {
    expect(read(notify(event(), { timestamp }), now).kind).toBe('rejected');
  });
  test.each(['timestamp', 'nonce', 'signature', 'serial'])('a missing or repeated %s', (name) => {
    const raw = notify(event());
    for (const value of [undefined, '', ['a', 'b']]) {
      const headers = { ...raw.headers, [`wechatpay-${name}`]: value };
      expect(read({ ...raw, headers }, now)).toEqual(rejected('without a signature'));
    }
  });
  test('a signature that is not base64', () => {
    const raw = notify(event());
    raw.headers['wechatpay-signature'] = '%%%';
    expect(read(raw, now)).toEqual(rejected('bad signature'));
  });
});

describe('signed, but not readable', () => {
  const broken = (change: object) => ({ ...event(), resource: { ...event().resource, ...change } });
  const tampered = Buffer.from(event().resource.ciphertext, 'base64');
  tampered.writeUInt8(tampered.readUInt8(tampered.length - 1) ^ 1, tampered.length - 1);

  test.each([
    ['a broken tag', { ciphertext: tampered.toString('base64') }],
    ['other associated data', { associated_data: 'refund' }],
    ['shorter than a tag', { ciphertext: 'AAAA' }],
    ['another APIv3 key', seal(transaction, 'f'.repeat(32))],
  ])('%s: rejected', (_, change) => {
    expect(read(notify(broken(change)), now)).toEqual(rejected('cannot be decrypted'));
  });
  test.each([
    ['another algorithm', broken({ algorithm: 'NONE' })],
    ['a nonce of another length', broken({ nonce: 'abc' })],
    ['no resource', { ...event(), resource: undefined }],
    ['no id', { ...event(), id: '' }],
    ['no JSON', '{'],
    ['null', 'null'],
  ])('%s: rejected', (_, content) => {
    expect(read(notify(content), now)).toEqual(rejected('not a notification'));
  });
  test.each(['not JSON', 'null', '[]', '{}'])('the content %s: rejected', (content) => {
    expect(read(notify(event(content)), now)).toEqual(rejected('not an order'));
  });
});

describe('signed, but not a payment to us', () => {
  test.each([
    { mchid: '1900000002' },
    { appid: 'wxother' },
    { transaction_id: undefined },
    { success_time: undefined },
    { amount: undefined },
    { amount: { total: 100 } },
    { amount: { total: 100, currency: 'USD' } },
    { amount: { total: 100 } },
  ])('with %j: triggers a query', (change) => {
    expect(read(notify(event({ ...transaction, ...change })), now)).toMatchObject({
      kind: 'doubtful',
      orderNo: transaction.out_trade_no,
      what: 'TRANSACTION.SUCCESS SUCCESS incomplete payment, not in CNY, or another merchant’s or application’s',
    });
  });
  test.each(['REFUND', 'CLOSED', 'NOTPAY', 'REVOKED', 'USERPAYING', 'PAYERROR', 'PAID'])(
    'the trade state %s: triggers a query, whatever the event type',
    (trade_state) => {
      expect(read(notify(event({ ...transaction, trade_state })), now)).toMatchObject({
        kind: 'doubtful',
        eventId: 'EV-1',
        what: `TRANSACTION.SUCCESS ${trade_state}`,
      });
    },
  );
  test('another event: no action', () => {
    const refund = { ...event({ refund_status: 'SUCCESS' }), event_type: 'REFUND.SUCCESS' };
    expect(read(notify(refund), now)).toEqual({
      kind: 'other',
      eventId: 'EV-1',
      what: 'REFUND.SUCCESS',
      body: '{"refund_status":"SUCCESS"}',
    });
  });
});

test('WeChat Pay takes the status for an acceptance, and a failure has a code', () => {
  const { replies } = aboutWechat.notifications;
  expect(replies.accepted.status).toBe(200);
  expect(replies.failed.status).toBe(500);
  expect(JSON.parse(replies.failed.body)).toMatchObject({ code: 'FAIL' });
});

test('an APIv3 key of the wrong length fails at startup, not at a notification', () => {
  const open = () =>
    createWechatNotificationReader({ mchId: '', appId: '', publicKeys: {}, apiV3Key: 'short' });
  expect(open).toThrow('32 characters');
});
