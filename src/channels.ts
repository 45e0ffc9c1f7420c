import { createAlipayChannel } from './channel/built-in/alipay/alipay-channel.ts';
import { createUnionpayChannel } from './channel/built-in/unionpay/unionpay-channel.ts';
import { createWechatChannel } from './channel/built-in/wechat/wechat-channel.ts';
import type { BuiltInChannel, Channel, ChannelName, Channels, GuardedChannel } from './channel/channel.ts';
import { type GuardOptions, guardChannel } from './channel/guard/guard.ts';
import type { Config } from './config.ts';

/** Where a channel's notifications arrive. */
export const notifyPath = (channel: BuiltInChannel) => `/notify/${channel}`;

/** The channels whose variables are set, each behind its own guard. */
export function createChannels(
  { wechat, alipay, unionpay }: Omit<Config, 'server'>,
  publicUrl: string,
  guard: GuardOptions,
  /** What is to see each call that reaches a channel. */
  watched: (channel: Channel) => Channel = (channel) => channel,
): Channels {
  const { clock } = guard;
  const channels = new Map<ChannelName, GuardedChannel>();
  const add = (channel: Channel) => channels.set(channel.name, guardChannel(watched(channel), guard));
  const notifyUrl = (channel: BuiltInChannel) => publicUrl + notifyPath(channel);
  if (wechat !== null) {
    const channel = createWechatChannel(
      {
        baseUrl: `${wechat.WECHAT_BASE_URL}/`,
        appId: wechat.WECHAT_APP_ID,
        mchId: wechat.WECHAT_MCH_ID,
        serialNo: wechat.WECHAT_SERIAL_NO,
        privateKey: wechat.WECHAT_PRIVATE_KEY,
        apiV3Key: wechat.WECHAT_API_V3_KEY,
        publicKeys: { ...wechat.WECHAT_MORE_KEYS, [wechat.WECHAT_PUBLIC_KEY_ID]: wechat.WECHAT_PUBLIC_KEY },
        publicKeyId: wechat.WECHAT_PUBLIC_KEY_ID,
        notifyUrl: notifyUrl('wechat_pay'),
      },
      clock,
    );
    add(channel);
  }
  if (alipay !== null) {
    const channel = createAlipayChannel(
      {
        endpoint: alipay.ALIPAY_ENDPOINT,
        appId: alipay.ALIPAY_APP_ID,
        privateKey: alipay.ALIPAY_PRIVATE_KEY,
        publicKey: alipay.ALIPAY_PUBLIC_KEY,
        sellerId: alipay.ALIPAY_SELLER_ID,
        notifyUrl: notifyUrl('ali_pay'),
      },
      clock,
    );
    add(channel);
  }
  if (unionpay !== null) {
    const channel = createUnionpayChannel(
      {
        baseUrl: unionpay.UNIONPAY_BASE_URL,
        merId: unionpay.UNIONPAY_MER_ID,
        certId: unionpay.UNIONPAY_CERT_ID,
        privateKey: unionpay.UNIONPAY_PRIVATE_KEY,
        trust: {
          rootCerts: unionpay.UNIONPAY_ROOT_CERT,
          middleCerts: unionpay.UNIONPAY_MIDDLE_CERT,
          production: unionpay.UNIONPAY_PRODUCTION,
        },
        notifyUrl: notifyUrl('union_pay'),
      },
      clock,
    );
    add(channel);
  }
  return channels;
}
