import { type BuiltInChannel, channelNames } from './about.ts';
import { alipayModule } from './alipay/index.ts';
import type { ChannelModule } from './define-channel.ts';
import { unionpayModule } from './unionpay/index.ts';
import { wechatModule } from './wechat/index.ts';

const byName: Readonly<Record<BuiltInChannel, ChannelModule>> = {
  wechat_pay: wechatModule,
  ali_pay: alipayModule,
  union_pay: unionpayModule,
};

/** The built-in channels with their configuration and adapters, in the order of `about.ts`. */
export const channelModules: readonly ChannelModule[] = channelNames.map((name) => byName[name]);
