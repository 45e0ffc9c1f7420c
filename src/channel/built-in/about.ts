import type { AboutChannel } from './about-channel.ts';
import { aboutAlipay } from './alipay/about.ts';
import { aboutUnionpay } from './unionpay/about.ts';
import { aboutWechat } from './wechat/about.ts';

/** The gateways that are built in. Each also has a line in `modules.ts`. */
export const aboutChannels = [aboutWechat, aboutAlipay, aboutUnionpay] as const satisfies AboutChannel[];

/** The channels that are built in, by the wire's words: what merchants may ask for. */
export type BuiltInChannel = (typeof aboutChannels)[number]['name'];

/** Those that know an order by the moment of its creation too. */
export type KnownByCreatedAt = Extract<
  (typeof aboutChannels)[number],
  { readonly knowsByCreatedAt: true }
>['name'];

export const channelNames: readonly BuiltInChannel[] = aboutChannels.map(({ name }) => name);

/** Null for a custom channel. */
export function aboutChannel(name: string): AboutChannel | null {
  return aboutChannels.find((about) => about.name === name) ?? null;
}
