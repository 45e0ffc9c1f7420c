import type { KeyObject, X509Certificate } from 'node:crypto';
import { createAlipayChannel } from '../channel/built-in/alipay/alipay-channel.ts';
import { createUnionpayChannel } from '../channel/built-in/unionpay/unionpay-channel.ts';
import { readPlatformKeys } from '../channel/built-in/wechat/platform-keys.ts';
import { createWechatChannel } from '../channel/built-in/wechat/wechat-channel.ts';
import { readCertificates } from '../platform/keys/certificate.ts';
import { readRsaKey } from '../platform/keys/rsa-key.ts';
import type { ChannelFactory } from './options.ts';

/* Keys and certificates are PEM text or the path of a file, as in `.env.example`, which also says where to find each. */

export interface WechatPayOptions {
  appId: string;
  mchId: string;
  serialNo: string;
  privateKey: string;
  apiV3Key: string;
  publicKeyId: string;
  publicKey: string;
  /**
   * Other keys that WeChat Pay may sign with while the merchant changes from one to another: platform certificates, and
   * public keys as `PUB_KEY_ID_…=key`, separated by commas.
   */
  moreKeys?: string;
  /** Where WeChat Pay reports payments: hand what arrives there to `receiveNotification`. */
  notifyUrl: string;
  /** Of a test environment. */
  baseUrl?: string;
}

/** WeChat Pay v3, direct merchant; its name is `wechat_pay`. Throws a TypeError for a key that is none. */
export function wechatPay(options: WechatPayOptions): ChannelFactory {
  const {
    baseUrl = 'https://api.mch.weixin.qq.com',
    publicKeyId,
    publicKey,
    moreKeys = '',
    ...rest
  } = options;
  const more = readPlatformKeys(moreKeys);
  if (more === null) throw new TypeError('moreKeys: has something that is neither a key nor a certificate');
  if (Buffer.byteLength(options.apiV3Key) !== 32) throw new TypeError('apiV3Key: must be 32 bytes');
  const config = {
    ...rest,
    baseUrl: `${withoutSlash(baseUrl)}/`,
    privateKey: key('private', 'privateKey', options.privateKey),
    publicKeys: { ...more, [publicKeyId]: key('public', 'publicKey', publicKey) },
    publicKeyId,
  };
  return (clock) => createWechatChannel(config, clock);
}

export interface AlipayOptions {
  appId: string;
  privateKey: string;
  publicKey: string;
  /** The seller's 2088… number; notifications of others are refused. */
  sellerId?: string;
  /** Where Alipay reports payments: hand what arrives there to `receiveNotification`. */
  notifyUrl: string;
  /** Of a test environment. */
  endpoint?: string;
}

/** Alipay, public key mode; its name is `ali_pay`. Throws a TypeError for a key that is none. */
export function alipay(options: AlipayOptions): ChannelFactory {
  const { endpoint = 'https://openapi.alipay.com', sellerId = null, ...rest } = options;
  const config = {
    ...rest,
    endpoint: withoutSlash(endpoint),
    sellerId,
    privateKey: key('private', 'privateKey', options.privateKey),
    publicKey: key('public', 'publicKey', options.publicKey),
  };
  return (clock) => createAlipayChannel(config, clock);
}

export interface UnionPayOptions {
  merId: string;
  /** Serial number of the merchant's signing certificate, in decimal digits. */
  certId: string;
  privateKey: string;
  /** Also several, one after the other or separated by commas, while UnionPay changes its own. */
  rootCert: string;
  middleCert: string;
  /** Where UnionPay reports payments: hand what arrives there to `receiveNotification`. */
  notifyUrl: string;
  /** Of a test environment, whose certificates do not name UnionPay: then `production` is false. */
  baseUrl?: string;
  production?: boolean;
}

/** UnionPay, ACP 5.1.0; its name is `union_pay`. Throws a TypeError for a key or certificate that is none. */
export function unionPay(options: UnionPayOptions): ChannelFactory {
  const { baseUrl = 'https://gateway.95516.com', production = true, rootCert, middleCert, ...rest } = options;
  const config = {
    ...rest,
    baseUrl: withoutSlash(baseUrl),
    privateKey: key('private', 'privateKey', options.privateKey),
    trust: {
      rootCerts: certificates('rootCert', rootCert),
      middleCerts: certificates('middleCert', middleCert),
      production,
    },
  };
  return (clock) => createUnionpayChannel(config, clock);
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

function key(kind: 'private' | 'public', option: string, value: string): KeyObject {
  const read = readRsaKey(kind, value);
  if (read === null)
    throw new TypeError(`${option}: is neither an RSA ${kind} key in PEM nor a file with one`);
  return read;
}

function certificates(option: string, value: string): X509Certificate[] {
  const read = readCertificates(value);
  if (read === null) throw new TypeError(`${option}: is neither a certificate in PEM nor a file with one`);
  return read;
}
