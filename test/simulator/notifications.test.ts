import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';
import { type Harness, type Merchant, openHarness, openMerchant, type Received } from './harness.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3600_000;

let harness: Harness;
let merchant: Merchant;
beforeEach(async () => {
  harness = await openHarness();
  merchant = await openMerchant();
});
afterEach(async () => {
  await harness.close();
  await merchant.close();
});

const paidAtWechat = async () => {
  const orderNo = await harness.wechatOrder({ notify_url: merchant.url });
  await harness.control.pay(orderNo);
  return orderNo;
};

const paidAtAlipay = async () => {
  const orderNo = await harness.alipayOrder({ notify_url: merchant.url });
  await harness.control.pay(orderNo);
  return orderNo;
};

const form = ({ body }: Received) => Object.fromEntries(new URLSearchParams(body.toString()));

function verifiesAtWechat({ headers, body }: Received): boolean {
  const text = Formatter.response(
    String(headers['wechatpay-timestamp']),
    String(headers['wechatpay-nonce']),
    body.toString(),
  );
  const { WECHAT_PUBLIC_KEY } = harness.simulator.env;
  return Rsa.verify(text, String(headers['wechatpay-signature']), WECHAT_PUBLIC_KEY);
}

function decrypt({ body }: Received): Record<string, unknown> {
  const { resource } = JSON.parse(body.toString());
  const { WECHAT_API_V3_KEY } = harness.simulator.env;
  return JSON.parse(
    Aes.AesGcm.decrypt(resource.ciphertext, WECHAT_API_V3_KEY, resource.nonce, resource.associated_data),
  );
}

function only(received: Received[]): Received {
  const [first, ...rest] = received;
  if (first === undefined || rest.length > 0) throw new Error(`${received.length} notifications`);
  return first;
}

describe('WeChat', () => {
  test('a payment is notified at once, verifies and decrypts with the SDK', async () => {
    const orderNo = await paidAtWechat();
    await harness.control.notifications.delivered(orderNo, { status: 200 });
    const notification = only(merchant.received);
    expect(notification.headers['wechatpay-serial']).toBe(harness.simulator.env.WECHAT_PUBLIC_KEY_ID);
    expect(verifiesAtWechat(notification)).toBe(true);
    expect(JSON.parse(notification.body.toString())).toMatchObject({
      event_type: 'TRANSACTION.SUCCESS',
      resource_type: 'encrypt-resource',
      resource: { algorithm: 'AEAD_AES_256_GCM', original_type: 'transaction' },
    });
    const { data } = await harness.wechat.query(orderNo);
    expect(decrypt(notification)).toEqual(data);
  });

  test('is retried on schedule until 200 or 204, with the same id and a new signature', async () => {
    const { control } = harness;
    merchant.answer = { status: 500, body: '{"code":"FAIL"}' };
    const orderNo = await paidAtWechat();
    await control.notifications.delivered(orderNo, { count: 1 });
    await control.clock.advance(5 * SECOND_MS);
    expect(merchant.received).toHaveLength(1);
    await control.clock.advance(10 * SECOND_MS);
    await control.clock.advance(15 * SECOND_MS);
    expect(merchant.received).toHaveLength(3);
    merchant.answer = { status: 204, body: '' };
    await control.clock.advance(30 * SECOND_MS);
    await control.clock.advance(24 * HOUR_MS);
    expect(merchant.received).toHaveLength(4);
    expect(merchant.received.every(verifiesAtWechat)).toBe(true);
    const part = (name: string) => merchant.received.map(({ body }) => JSON.parse(body.toString())[name]);
    expect(new Set(part('id')).size).toBe(1);
    expect(new Set(merchant.received.map(({ headers }) => headers['wechatpay-nonce'])).size).toBe(4);
  });

  test('gives up after the last of its attempts', async () => {
    const { control } = harness;
    merchant.answer = { status: 500, body: '' };
    const orderNo = await paidAtWechat();
    await control.notifications.delivered(orderNo);
    for (let turn = 0; turn < 20; turn += 1) await control.clock.advance(6 * HOUR_MS);
    expect(control.notifications.deliveries(orderNo)).toHaveLength(16);
  });

  test('tampered, wrongly signed or SIGNTEST notifications fail verification', async () => {
    const { control } = harness;
    control.notifications.tamper();
    control.notifications.badSignature();
    control.notifications.signtest();
    merchant.answer = { status: 401, body: '' };
    const orderNo = await paidAtWechat();
    await control.notifications.delivered(orderNo, { status: 401 });
    await control.notifications.flush();
    await control.notifications.flush();
    expect(merchant.received.map(verifiesAtWechat)).toEqual([false, false, false]);
    expect(merchant.received[2]?.headers['wechatpay-signature']).toMatch(/^WECHATPAY\/SIGNTEST\//);
    await control.notifications.flush();
    expect(verifiesAtWechat(merchant.received[3] ?? only([]))).toBe(true);
  });

  test('wrong associated data: the signature is valid, decryption fails', async () => {
    harness.control.notifications.badAad();
    await harness.control.notifications.delivered(await paidAtWechat());
    const notification = only(merchant.received);
    expect(verifiesAtWechat(notification)).toBe(true);
    expect(() => decrypt(notification)).toThrow();
  });

  test('during a migration the platform certificate signs', async () => {
    harness.control.settings.wechatNotifySignedBy = 'certificate';
    await harness.control.notifications.delivered(await paidAtWechat());
    const { serialNo } = harness.simulator.keys.wechat.certificate;
    expect(only(merchant.received).headers['wechatpay-serial']).toBe(serialNo);
  });

  test('only a payment is notified', async () => {
    const orderNo = await harness.wechatOrder({ notify_url: merchant.url });
    await harness.wechat.close(orderNo);
    await harness.control.notifications.flush();
    expect(merchant.received).toEqual([]);
  });
});

describe('Alipay', () => {
  test('a payment is notified at once and verifies with the SDK', async () => {
    const { alipay, control, simulator } = harness;
    const orderNo = await paidAtAlipay();
    await control.notifications.delivered(orderNo, { status: 200 });
    const params = form(only(merchant.received));
    expect(alipay.checkNotifySignV2(params)).toBe(true);
    expect(params).toMatchObject({
      app_id: simulator.env.ALIPAY_APP_ID,
      seller_id: simulator.env.ALIPAY_SELLER_ID,
      out_trade_no: orderNo,
      total_amount: '1.00',
      trade_status: 'TRADE_SUCCESS',
      sign_type: 'RSA2',
    });
  });

  test('is retried on schedule until the body is `success`, with the same notify_id', async () => {
    const { control } = harness;
    merchant.answer = { status: 200, body: 'ok' };
    const orderNo = await paidAtAlipay();
    await control.notifications.delivered(orderNo);
    await control.clock.advance(4 * MINUTE_MS);
    await control.clock.advance(10 * MINUTE_MS);
    merchant.answer = { status: 200, body: 'success' };
    await control.clock.advance(10 * MINUTE_MS);
    await control.clock.advance(24 * HOUR_MS);
    expect(control.notifications.deliveries(orderNo).map(({ accepted }) => accepted)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(new Set(merchant.received.map((one) => form(one).notify_id)).size).toBe(1);
  });

  test('a tampered amount fails verification', async () => {
    harness.control.notifications.tamper();
    await harness.control.notifications.delivered(await paidAtAlipay());
    const params = form(only(merchant.received));
    expect(params.total_amount).toBe('0.01');
    expect(harness.alipay.checkNotifySignV2(params)).toBe(false);
  });

  test('a close is notified only if enabled', async () => {
    const { alipay, control } = harness;
    const close = async () => {
      const orderNo = await harness.alipayOrder({ notify_url: merchant.url });
      await control.scan(orderNo);
      await alipay.curl('POST', '/v3/alipay/trade/close', { body: { out_trade_no: orderNo } });
      await control.notifications.flush();
    };
    await close();
    expect(merchant.received).toEqual([]);
    control.settings.alipayNotifyClosed = true;
    await close();
    expect(form(only(merchant.received))).toMatchObject({ trade_status: 'TRADE_CLOSED' });
  });
});

describe('closing the simulator', () => {
  test('aborts a notification in flight, and sends no pending one', async () => {
    const deaf = createServer(() => {});
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { port } = Object(deaf.address());
    const { control, simulator } = harness;
    const underWay = await harness.wechatOrder({ notify_url: `http://127.0.0.1:${port}/deaf` });
    const waiting = await harness.wechatOrder({ notify_url: merchant.url });
    await control.pay(underWay);
    await once(deaf, 'request');
    control.notifications.delay(waiting, HOUR_MS);
    await control.pay(waiting);
    const delivery = control.notifications.delivered(underWay);
    await simulator.close();
    expect(await delivery).toMatchObject({ status: null, error: 'aborted' });
    await control.clock.advance(24 * HOUR_MS);
    expect(merchant.received).toEqual([]);
    deaf.closeAllConnections();
    deaf.close();
  });
});

describe('delivery faults', () => {
  test('a dropped notification counts as failed and is retried on schedule', async () => {
    const { control } = harness;
    control.notifications.drop();
    const orderNo = await paidAtWechat();
    const lost = await control.notifications.delivered(orderNo);
    expect(lost).toMatchObject({ attempt: 1, status: null, accepted: false });
    await control.clock.advance(15 * SECOND_MS);
    expect(merchant.received).toHaveLength(1);
  });

  test('all notifications of an order can be dropped', async () => {
    const { control } = harness;
    const orderNo = await harness.wechatOrder({ notify_url: merchant.url });
    control.notifications.drop(orderNo, Infinity);
    await control.pay(orderNo);
    for (let turn = 0; turn < 20; turn += 1) await control.clock.advance(6 * HOUR_MS);
    expect(merchant.received).toEqual([]);
  });

  test('a duplicate arrives twice at the same moment', async () => {
    harness.control.notifications.dup();
    await harness.control.notifications.delivered(await paidAtWechat(), { count: 2 });
    expect(merchant.received).toHaveLength(2);
  });

  test('a resent notification arrives although it was accepted', async () => {
    const orderNo = await paidAtAlipay();
    await harness.control.notifications.delivered(orderNo);
    await harness.control.notifications.resend(orderNo);
    expect(merchant.received).toHaveLength(2);
  });

  test('a delayed one waits for the clock or a flush', async () => {
    const { control } = harness;
    control.notifications.delay(undefined, HOUR_MS);
    await paidAtWechat();
    await control.clock.advance(HOUR_MS - MINUTE_MS);
    expect(merchant.received).toEqual([]);
    await control.clock.advance(MINUTE_MS);
    expect(merchant.received).toHaveLength(1);
    control.notifications.delay(undefined, HOUR_MS);
    await paidAtWechat();
    await control.notifications.flush();
    expect(merchant.received).toHaveLength(2);
  });

  test('reordered ones arrive in reverse order', async () => {
    const { control } = harness;
    control.notifications.reorder(3);
    const orders = [await paidAtAlipay(), await paidAtAlipay(), await paidAtAlipay()];
    await Promise.all(orders.map((orderNo) => control.notifications.delivered(orderNo)));
    expect(merchant.received.map((one) => form(one).out_trade_no)).toEqual(orders.reverse());
  });

  test('a merchant that is down gets its notification later', async () => {
    const { control } = harness;
    const orderNo = await harness.wechatOrder({ notify_url: 'http://127.0.0.1:1/down' });
    await control.pay(orderNo);
    const failed = await control.notifications.delivered(orderNo);
    expect(failed).toMatchObject({
      status: null,
      accepted: false,
      error: expect.stringMatching(/ECONNREFUSED/),
    });
  });
});
