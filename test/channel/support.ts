import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Server } from 'node:http';
import { type AlipayConfig, createAlipayChannel } from '../../src/channel/alipay/alipay-channel.ts';
import type { Channel, ChannelOrder } from '../../src/channel/channel.ts';
import { createWechatChannel, type WechatConfig } from '../../src/channel/wechat/wechat-channel.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';

export function wechatConfig({ env }: Simulator): WechatConfig {
  return {
    baseUrl: env.WECHAT_BASE_URL,
    appId: env.WECHAT_APP_ID,
    mchId: env.WECHAT_MCH_ID,
    serialNo: env.WECHAT_SERIAL_NO,
    privateKey: createPrivateKey(env.WECHAT_PRIVATE_KEY),
    apiV3Key: env.WECHAT_API_V3_KEY,
    publicKeys: { [env.WECHAT_PUBLIC_KEY_ID]: createPublicKey(env.WECHAT_PUBLIC_KEY) },
    publicKeyId: env.WECHAT_PUBLIC_KEY_ID,
    notifyUrl: 'https://pay.example.com/notify/wechat_pay',
  };
}

export function alipayConfig({ env }: Simulator): AlipayConfig {
  return {
    endpoint: env.ALIPAY_ENDPOINT,
    appId: env.ALIPAY_APP_ID,
    privateKey: createPrivateKey(env.ALIPAY_PRIVATE_KEY),
    publicKey: createPublicKey(env.ALIPAY_PUBLIC_KEY),
    sellerId: env.ALIPAY_SELLER_ID,
    notifyUrl: 'https://pay.example.com/notify/ali_pay',
  };
}

export type Overrides = Partial<
  Pick<WechatConfig & AlipayConfig, 'privateKey' | 'callTimeoutMs' | 'notifyUrl'>
>;

/** Both adapters, at the same simulator. */
export const adapters = {
  wechat_pay: (simulator: Simulator, overrides: Overrides & Partial<WechatConfig> = {}): Channel =>
    createWechatChannel({ ...wechatConfig(simulator), ...overrides }),
  ali_pay: (simulator: Simulator, overrides: Overrides & Partial<AlipayConfig> = {}): Channel =>
    createAlipayChannel({ ...alipayConfig(simulator), ...overrides }),
};

let orderCount = 0;

/** An order with a number of its own, payable for a quarter of an hour. */
export function anOrder(wish: Partial<ChannelOrder> = {}): ChannelOrder {
  orderCount += 1;
  const now = Date.now();
  return {
    orderNo: `AC${now}N${orderCount}`,
    method: 'qrcode',
    title: '一杯茶 / a cup of tea & a biscuit',
    amountFen: 1234,
    expiresAt: new Date(now + 900_000),
    createAttemptedAt: new Date(now),
    clientIp: null,
    ...wish,
  };
}

/** Where a local server listens. */
export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
