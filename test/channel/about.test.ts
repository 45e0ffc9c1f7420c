import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aboutChannels, type BuiltInChannel } from '../../src/channel/built-in/about.ts';
import { alipay } from '../../src/channel/built-in/alipay/index.ts';
import { unionPay } from '../../src/channel/built-in/unionpay/index.ts';
import { wechatPay } from '../../src/channel/built-in/wechat/index.ts';
import type { PayMethod } from '../../src/channel/channel.ts';
import { channelModules } from '../../src/channel/modules.ts';
import type { ChannelName } from '../../src/client/vocabulary.ts';
import { systemClock } from '../../src/platform/clock/clock.ts';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';
import { simulators } from '../../src/sandbox/simulator/simulators.ts';
import { startTestSimulator } from '../support/simulator.ts';
import { adapters, anOrder, anybody } from './support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterAll(() => simulator.close());

describe.each(aboutChannels.map((about) => ({ ...about })))('facts about $name', ({ name, ...about }) => {
  const {
    caveats = {},
    needs = [],
  }: {
    caveats?: Partial<Record<PayMethod, string>>;
    needs?: readonly { method: PayMethod; field: string }[];
  } = about;

  test('close caveats match the behavior of the adapter', async () => {
    const channel = adapters[name](simulator);
    for (const method of channel.methods) {
      const order = anOrder({ method });
      const waits = caveats[method] === 'wait';
      expect(channel.closesSoftly(order)).toBe(caveats[method] === 'soft');
      expect(channel.reversibleFrom(order) !== null).toBe(caveats[method] === 'reverse');
      expect((await channel.close(order)).kind === 'unsupported').toBe(waits);
    }
  });

  test('the fields required for creation are those the adapter requires', async () => {
    const channel = adapters[name](simulator);
    for (const { method, field } of needs) {
      expect(await channel.create(anOrder({ method, clientIp: null }), anybody)).toEqual({
        kind: 'refused',
        asked: false,
        answer: `not called: no ${field}`,
        message: `缺少参数 ${field}`,
      });
    }
  });
});

test('library options match the environment variables, and an unknown option is refused', () => {
  const { env, keys } = simulator;
  const notifyUrl = 'https://shop.example.com/notify';
  const wechat = {
    appId: env.WECHAT_APP_ID,
    mchId: env.WECHAT_MCH_ID,
    serialNo: env.WECHAT_SERIAL_NO,
    privateKey: env.WECHAT_PRIVATE_KEY,
    apiV3Key: env.WECHAT_API_V3_KEY,
    publicKeyId: env.WECHAT_PUBLIC_KEY_ID,
    publicKey: env.WECHAT_PUBLIC_KEY,
    moreKeys: keys.wechat.certificate.pem,
    notifyUrl,
    baseUrl: env.WECHAT_BASE_URL,
  };
  const factories = [
    wechatPay(wechat),
    alipay({
      appId: env.ALIPAY_APP_ID,
      privateKey: env.ALIPAY_PRIVATE_KEY,
      publicKey: env.ALIPAY_PUBLIC_KEY,
      sellerId: env.ALIPAY_SELLER_ID,
      notifyUrl,
      endpoint: env.ALIPAY_ENDPOINT,
    }),
    unionPay({
      merId: env.UNIONPAY_MER_ID,
      certId: env.UNIONPAY_CERT_ID,
      privateKey: env.UNIONPAY_PRIVATE_KEY,
      rootCert: env.UNIONPAY_ROOT_CERT,
      middleCert: env.UNIONPAY_MIDDLE_CERT,
      notifyUrl,
      baseUrl: env.UNIONPAY_BASE_URL,
      production: false,
    }),
  ];
  expect(factories.map((create) => create(systemClock).name)).toEqual(aboutChannels.map(({ name }) => name));
  const misspelt = { ...wechat, appID: 'wx1' };
  expect(() => wechatPay(misspelt)).toThrow('appID: is no option');
});

test('every channel has a simulated gateway, and there are no others', () => {
  const simulated = Object.values(simulators).map(({ name }) => name);
  expect(simulated).toEqual(aboutChannels.map(({ name }) => name));
});

test('the client, which shares no code with the server, knows every channel', () => {
  const known: readonly ChannelName[] = aboutChannels.map(({ name }): BuiltInChannel => name);
  expect(known).toHaveLength(channelModules.length);
});

test('the alert on late closes leaves out exactly the channels that close late by design', () => {
  const alerts = readFileSync(new URL('../../ops/prometheus/alerts.yml', import.meta.url), 'utf8');
  const [, excluded] = /autoclose_close_lateness_seconds_bucket\{[^}]*channel!="([^"]+)"/.exec(alerts) ?? [];
  const late = aboutChannels.filter(({ caveats }) => Object.values<string>(caveats).includes('wait'));
  expect([excluded]).toEqual(late.map(({ name }) => name));
});
