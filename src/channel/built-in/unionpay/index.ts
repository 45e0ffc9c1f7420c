import { z } from 'zod';
import { certificates, flag, httpUrl, privateKey } from '../../../platform/config-values.ts';
import { type ChannelFactory, defineChannel } from '../define-channel.ts';
import { aboutUnionpay } from './about.ts';
import { createUnionpayChannel } from './unionpay-channel.ts';

const variables = z.object({
  UNIONPAY_BASE_URL: httpUrl.prefault('https://gateway.95516.com'),
  UNIONPAY_MER_ID: z.string().regex(/^[0-9A-Za-z]{15}$/, 'must be 15 letters or digits'),
  UNIONPAY_CERT_ID: z.string().regex(/^\d{1,40}$/, 'must be the serial number in decimal digits'),
  UNIONPAY_PRIVATE_KEY: privateKey,
  UNIONPAY_ROOT_CERT: certificates,
  UNIONPAY_MIDDLE_CERT: certificates,
  UNIONPAY_PRODUCTION: flag.prefault('true'),
});

export const unionpayModule = defineChannel({
  about: aboutUnionpay,
  prefix: 'UNIONPAY_',
  variables,
  enableNothing: ['UNIONPAY_BASE_URL', 'UNIONPAY_PRODUCTION'],
  endpoint: ({ UNIONPAY_BASE_URL }) => UNIONPAY_BASE_URL,
  create: (values, notifyUrl, clock, callTimeoutMs) =>
    createUnionpayChannel(
      {
        baseUrl: values.UNIONPAY_BASE_URL,
        merId: values.UNIONPAY_MER_ID,
        certId: values.UNIONPAY_CERT_ID,
        privateKey: values.UNIONPAY_PRIVATE_KEY,
        trust: {
          rootCerts: values.UNIONPAY_ROOT_CERT,
          middleCerts: values.UNIONPAY_MIDDLE_CERT,
          production: values.UNIONPAY_PRODUCTION,
        },
        notifyUrl,
        callTimeoutMs,
      },
      clock,
    ),
  keyHints: {
    ours: 'UNIONPAY_MER_ID, UNIONPAY_CERT_ID and UNIONPAY_PRIVATE_KEY',
    theirs: 'UNIONPAY_ROOT_CERT, UNIONPAY_MIDDLE_CERT and UNIONPAY_PRODUCTION',
    notFoundProves: 'both',
  },
});

/** Keys and certificates are PEM text or a file's path. `.env.example` says where to find each. */
export interface UnionPayOptions {
  merId: string;
  /** Serial number of the merchant's signing certificate, in decimal digits. */
  certId: string;
  privateKey: string;
  /** May hold several, concatenated or separated by commas, while UnionPay replaces its certificate. */
  rootCert: string;
  middleCert: string;
  /** URL to which UnionPay reports payments; pass its requests to `receiveNotification`. */
  notifyUrl: string;
  /** The URL of a test environment, whose certificates do not name UnionPay: then set `production` to false. */
  baseUrl?: string;
  production?: boolean;
}

/** UnionPay, ACP 5.1.0; its name is `union_pay`. Throws a TypeError for an invalid option. */
export function unionPay(options: UnionPayOptions): ChannelFactory {
  return unionpayModule.fromOptions(options);
}
