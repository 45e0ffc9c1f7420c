import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { Server } from 'node:http';
import type { Reply } from '../../src/channel/adapter/reply.ts';
import { type AlipayConfig, createAlipayChannel } from '../../src/channel/built-in/alipay/alipay-channel.ts';
import {
  createUnionpayChannel,
  type UnionpayConfig,
} from '../../src/channel/built-in/unionpay/unionpay-channel.ts';
import { createWechatChannel, type WechatConfig } from '../../src/channel/built-in/wechat/wechat-channel.ts';
import type { Channel, ChannelOrder, ChannelRefund, PayerDetails } from '../../src/channel/channel.ts';
import type { Clock } from '../../src/platform/clock/clock.ts';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';

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

export function unionpayConfig({ env }: Simulator): UnionpayConfig {
  return {
    baseUrl: env.UNIONPAY_BASE_URL,
    merId: env.UNIONPAY_MER_ID,
    certId: env.UNIONPAY_CERT_ID,
    privateKey: createPrivateKey(env.UNIONPAY_PRIVATE_KEY),
    trust: {
      rootCerts: [new X509Certificate(env.UNIONPAY_ROOT_CERT)],
      middleCerts: [new X509Certificate(env.UNIONPAY_MIDDLE_CERT)],
      production: true,
    },
    notifyUrl: 'https://pay.example.com/notify/union_pay',
  };
}

export type Overrides = Partial<
  Pick<WechatConfig & AlipayConfig & UnionpayConfig, 'privateKey' | 'callTimeoutMs' | 'notifyUrl'>
>;

/** The adapters, at the same simulator. */
export const adapters = {
  wechat_pay: (
    simulator: Simulator,
    overrides: Overrides & Partial<WechatConfig> = {},
    clock?: Clock,
  ): Channel => createWechatChannel({ ...wechatConfig(simulator), ...overrides }, clock),
  ali_pay: (
    simulator: Simulator,
    overrides: Overrides & Partial<AlipayConfig> = {},
    clock?: Clock,
  ): Channel => createAlipayChannel({ ...alipayConfig(simulator), ...overrides }, clock),
  union_pay: (
    simulator: Simulator,
    overrides: Overrides & Partial<UnionpayConfig> = {},
    clock?: Clock,
  ): Channel => createUnionpayChannel({ ...unionpayConfig(simulator), ...overrides }, clock),
};

/** An unknown payer. */
export const anybody: PayerDetails = { authCode: null, openId: null, returnUrl: null };

let orderCount = 0;

/** An order with a unique number, payable for 15 minutes. */
export function anOrder(overrides: Partial<ChannelOrder> = {}): ChannelOrder {
  orderCount += 1;
  const now = Date.now();
  return {
    orderNo: `AC${now}N${orderCount}`,
    method: 'qrcode',
    title: '一杯茶 / a cup of tea & a biscuit',
    amountFen: 1234,
    expiresAt: new Date(now + 900_000),
    createdAt: new Date(now),
    createAttemptedAt: new Date(now),
    channelTradeNo: null,
    paidAt: null,
    clientIp: null,
    ...overrides,
  };
}

/** A full refund of an order. */
export function aRefund(
  { orderNo, amountFen }: Pick<ChannelOrder, 'orderNo' | 'amountFen'>,
  overrides: Partial<ChannelRefund> = {},
): ChannelRefund {
  return {
    refundNo: `R${orderNo}`,
    notedAt: new Date(),
    amountFen,
    totalFen: amountFen,
    reason: '关单后支付，原路退回',
    ...overrides,
  };
}

/** Where a local server listens. */
export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

export const verified = (status: number, data: unknown): Reply => ({ kind: 'verified', status, data });
export const refusal = (status: number, code: string, message = 'why'): Reply => ({
  kind: 'refusal',
  status,
  code,
  message,
});

/** Replies that every reader must map to unknown, for every operation. */
export const meaningless: Record<string, Reply> = {
  'no answer': { kind: 'lost', why: 'timeout after 5000 ms' },
  'a server error': refusal(500, 'SYSTEM_ERROR'),
  'a server error with a code of the tables': refusal(502, 'NOT_ENOUGH'),
  'no code': refusal(400, ''),
  'a code that is not listed': refusal(400, 'SOMETHING_NEW'),
  'a word of JavaScript': refusal(400, 'constructor'),
  'null in a verified answer': verified(200, null),
  'text in a verified answer': verified(200, 'text'),
  'an empty verified answer': verified(200, {}),
  'numbers where text should be': verified(200, { out_trade_no: 1, status: 1, trade_state: 1, code: 1 }),
};

/** The expected reading of each code in a table. The channel's internal faults read as unknown. */
export const rowsOf = <Kind extends string>(table: Readonly<Record<string, Kind>>) =>
  Object.entries(table).map(([code, kind]): [string, string] => [
    code,
    kind === 'own_fault' ? 'unknown' : kind,
  ]);
