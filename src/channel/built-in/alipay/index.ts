import { z } from 'zod';
import { httpUrl, privateKey, publicKey } from '../../../platform/config-values.ts';
import { type ChannelFactory, defineChannel } from '../define-channel.ts';
import { aboutAlipay } from './about.ts';
import { createAlipayChannel } from './alipay-channel.ts';

const variables = z.object({
  ALIPAY_ENDPOINT: httpUrl.prefault('https://openapi.alipay.com'),
  ALIPAY_APP_ID: z.string().min(1).max(32),
  ALIPAY_PRIVATE_KEY: privateKey,
  ALIPAY_PUBLIC_KEY: publicKey,
  ALIPAY_SELLER_ID: z.string().min(1).max(32).nullable().default(null),
});

export const alipayModule = defineChannel({
  about: aboutAlipay,
  prefix: 'ALIPAY_',
  variables,
  enableNothing: ['ALIPAY_ENDPOINT'],
  endpoint: ({ ALIPAY_ENDPOINT }) => ALIPAY_ENDPOINT,
  create: (values, notifyUrl, clock, callTimeoutMs) =>
    createAlipayChannel(
      {
        endpoint: values.ALIPAY_ENDPOINT,
        appId: values.ALIPAY_APP_ID,
        privateKey: values.ALIPAY_PRIVATE_KEY,
        publicKey: values.ALIPAY_PUBLIC_KEY,
        sellerId: values.ALIPAY_SELLER_ID,
        notifyUrl,
        callTimeoutMs,
      },
      clock,
    ),
  keyHints: {
    ours: 'ALIPAY_APP_ID and ALIPAY_PRIVATE_KEY (its public half must be uploaded at Alipay)',
    theirs: 'ALIPAY_PUBLIC_KEY (Alipay’s, not your own)',
    notFoundProves: 'both',
  },
});

/** Keys are PEM text or a file's path. `.env.example` says where to find each. */
export interface AlipayOptions {
  appId: string;
  privateKey: string;
  publicKey: string;
  /** The seller's 2088… number; notifications for other sellers are rejected. */
  sellerId?: string;
  /** URL to which Alipay reports payments; pass its requests to `receiveNotification`. */
  notifyUrl: string;
  /** The URL of a test environment. */
  endpoint?: string;
}

/** Alipay, public key mode; its name is `ali_pay`. Throws a TypeError for an invalid option. */
export function alipay(options: AlipayOptions): ChannelFactory {
  return alipayModule.fromOptions(options);
}
