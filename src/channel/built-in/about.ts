import type { AboutChannel } from './about-channel.ts';
import { aboutAlipay } from './alipay/about.ts';
import { aboutUnionpay } from './unionpay/about.ts';
import { aboutWechat } from './wechat/about.ts';

/** The built-in gateways. Each is also listed in `modules.ts`. */
export const aboutChannels = [aboutWechat, aboutAlipay, aboutUnionpay] as const satisfies AboutChannel[];

/** Names of the built-in channels, as in DaxPay's API. */
export type BuiltInChannel = (typeof aboutChannels)[number]['name'];

/** Channels that identify an order by its creation time as well. */
export type KnownByCreatedAt = Extract<
  (typeof aboutChannels)[number],
  { readonly knowsByCreatedAt: true }
>['name'];

export const channelNames: readonly BuiltInChannel[] = aboutChannels.map(({ name }) => name);

/** The facts about a built-in channel; null for a custom one. */
export function aboutChannel(name: string): AboutChannel | null {
  return aboutChannels.find((about) => about.name === name) ?? null;
}
