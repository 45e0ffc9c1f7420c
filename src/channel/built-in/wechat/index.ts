import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { httpUrl, privateKey, publicKey } from '../../../platform/config-values.ts';
import { type ChannelFactory, defineChannel } from '../define-channel.ts';
import { aboutWechat } from './about.ts';
import { readPlatformKeys } from './platform-keys.ts';
import { createWechatChannel } from './wechat-channel.ts';

const platformKeys = z.string().transform((value, context): Record<string, KeyObject> => {
  const read = readPlatformKeys(value);
  if (read !== null) return read;
  const message =
    'must be platform certificates, or public keys like PUB_KEY_ID_…=key, in PEM or as paths of files, separated by commas';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const variables = z
  .object({
    WECHAT_BASE_URL: httpUrl.prefault('https://api.mch.weixin.qq.com'),
    WECHAT_APP_ID: z.string().min(1).max(32),
    WECHAT_MCH_ID: z.string().min(1).max(32),
    WECHAT_SERIAL_NO: z.string().min(1).max(64),
    WECHAT_PRIVATE_KEY: privateKey,
    WECHAT_API_V3_KEY: z
      .string()
      .refine((key) => Buffer.byteLength(key) === 32, 'must be the 32 bytes of the APIv3 key'),
    WECHAT_PUBLIC_KEY_ID: z.string().min(1).max(64),
    WECHAT_PUBLIC_KEY: publicKey,
    WECHAT_MORE_KEYS: platformKeys.prefault(''),
  })
  .superRefine(({ WECHAT_MORE_KEYS: more, WECHAT_PUBLIC_KEY_ID: id, WECHAT_PUBLIC_KEY: key }, context) => {
    if (more[id]?.equals(key) !== false) return;
    const message = 'names WECHAT_PUBLIC_KEY_ID with another key';
    context.addIssue({ code: 'custom', path: ['WECHAT_MORE_KEYS'], message });
  });

export const wechatModule = defineChannel({
  about: aboutWechat,
  prefix: 'WECHAT_',
  variables,
  enableNothing: ['WECHAT_BASE_URL'],
  endpoint: ({ WECHAT_BASE_URL }) => WECHAT_BASE_URL,
  create: (values, notifyUrl, clock, callTimeoutMs) =>
    createWechatChannel(
      {
        baseUrl: `${values.WECHAT_BASE_URL}/`,
        appId: values.WECHAT_APP_ID,
        mchId: values.WECHAT_MCH_ID,
        serialNo: values.WECHAT_SERIAL_NO,
        privateKey: values.WECHAT_PRIVATE_KEY,
        apiV3Key: values.WECHAT_API_V3_KEY,
        publicKeys: { ...values.WECHAT_MORE_KEYS, [values.WECHAT_PUBLIC_KEY_ID]: values.WECHAT_PUBLIC_KEY },
        publicKeyId: values.WECHAT_PUBLIC_KEY_ID,
        notifyUrl,
        callTimeoutMs,
      },
      clock,
    ),
  keyHints: {
    ours: 'WECHAT_MCH_ID, WECHAT_APP_ID, WECHAT_SERIAL_NO and WECHAT_PRIVATE_KEY',
    theirs:
      'WECHAT_PUBLIC_KEY_ID and WECHAT_PUBLIC_KEY (others that WeChat Pay signs with: WECHAT_MORE_KEYS)',
    notFoundProves: 'ours',
    notProven: 'WECHAT_API_V3_KEY, which only a notification uses',
  },
});

/** Keys and certificates are PEM text or a file's path. `.env.example` says where to find each. */
export interface WechatPayOptions {
  appId: string;
  mchId: string;
  serialNo: string;
  privateKey: string;
  apiV3Key: string;
  publicKeyId: string;
  publicKey: string;
  /**
   * Other keys that WeChat Pay may sign with during a key change: platform certificates, and public keys as
   * `PUB_KEY_ID_…=key`, separated by commas.
   */
  moreKeys?: string;
  /** URL to which WeChat Pay reports payments; pass its requests to `receiveNotification`. */
  notifyUrl: string;
  /** The URL of a test environment. */
  baseUrl?: string;
}

/** WeChat Pay v3, direct merchant; its name is `wechat_pay`. Throws a TypeError for an invalid option. */
export function wechatPay(options: WechatPayOptions): ChannelFactory {
  return wechatModule.fromOptions(options);
}
