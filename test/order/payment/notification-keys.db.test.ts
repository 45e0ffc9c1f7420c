import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicPem } from '../../../src/sandbox/simulator/format/pem.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

/** Serves the channels' notifications with these variables while `during` runs. */
async function serving(env: Record<string, string>, during: () => Promise<void>): Promise<void> {
  const app = await world.openApp(env);
  await app.serve();
  await during();
  await app.close();
}

/** Whether WeChat Pay's notification of a payment was accepted, and the order's status after it. */
async function paidAtWechat(signedBy: 'public_key' | 'certificate') {
  const { control } = world.simulator;
  control.settings.wechatNotifySignedBy = signedBy;
  const order = await world.create('wechat_pay');
  await control.pay(order.orderNo);
  const { accepted } = await control.notifications.delivered(order.orderNo);
  return [accepted, (await world.reload(order)).status];
}

test('while a merchant moves to WeChat Pay’s public key, notifications signed by either key are accepted', async () => {
  const { pem, serialNo } = world.simulator.keys.wechat.certificate;
  await serving({ WECHAT_MORE_KEYS: pem.replaceAll('\n', '\\n') }, async () => {
    expect(await paidAtWechat('public_key')).toEqual([true, 'success']);
    expect(await paidAtWechat('certificate')).toEqual([true, 'success']);
  });
  // Before the public key is configured: only the certificate, under its serial number.
  await serving({ WECHAT_PUBLIC_KEY_ID: serialNo, WECHAT_PUBLIC_KEY: pem }, async () => {
    expect(await paidAtWechat('certificate')).toEqual([true, 'success']);
    expect(await paidAtWechat('public_key')).toEqual([false, 'progress']);
  });
});

test('while WeChat Pay’s public key changes, notifications signed by the old and the new one are accepted', async () => {
  const { platform, publicKeyId, certificate } = world.simulator.keys.wechat;
  const env = {
    WECHAT_PUBLIC_KEY_ID: 'PUB_KEY_ID_NEW',
    WECHAT_PUBLIC_KEY: publicPem(createPublicKey(certificate.pem)),
    WECHAT_MORE_KEYS: `${publicKeyId}=${publicPem(platform.publicKey)}`,
  };
  await serving(env, async () => {
    expect(await paidAtWechat('public_key')).toEqual([true, 'success']);
    expect(await paidAtWechat('certificate')).toEqual([false, 'progress']);
  });
});

test('an Alipay notification in GBK is verified over its bytes and stored as text', async () => {
  const { control } = world.simulator;
  control.settings.alipayNotifyCharset = 'gbk';
  await serving({}, async () => {
    const order = await world.create('ali_pay', { title: '一杯奶茶，100% 好喝 ＋ 囍' });
    await control.pay(order.orderNo);
    expect(await control.notifications.delivered(order.orderNo)).toMatchObject({ accepted: true });
    expect((await world.reload(order)).status).toBe('success');
    const [kept] = (await world.query(
      `SELECT body FROM channel_notification WHERE order_no = '${order.orderNo}'`,
    )) as { body: string }[];
    expect(JSON.parse(kept?.body ?? '')).toMatchObject({ charset: 'GBK', subject: order.title });
  });
});
