import { type BuiltInChannel, channelNames } from './built-in/about.ts';
import { alipayModule } from './built-in/alipay/index.ts';
import type { ChannelModule } from './built-in/define-channel.ts';
import { unionpayModule } from './built-in/unionpay/index.ts';
import { wechatModule } from './built-in/wechat/index.ts';

const byName: Readonly<Record<BuiltInChannel, ChannelModule>> = {
  wechat_pay: wechatModule,
  ali_pay: alipayModule,
  union_pay: unionpayModule,
};

/** The built-in channels with their configuration and adapters, in the order of `about.ts`. */
export const channelModules: readonly ChannelModule[] = channelNames.map((name) => byName[name]);
