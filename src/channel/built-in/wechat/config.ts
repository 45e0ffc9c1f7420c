import type { KeyObject } from 'node:crypto';

/** A direct merchant (直连商户) of WeChat Pay API v3. Keys are parsed once, when the configuration is read. */
export interface WechatConfig {
  /** Ends in `/`. */
  baseUrl: string;
  appId: string;
  mchId: string;
  /** Serial number of the merchant's API certificate; `privateKey` is its key. */
  serialNo: string;
  privateKey: KeyObject;
  /** 32 characters; decrypts notifications. */
  apiV3Key: string;
  /**
   * WeChat Pay's keys by `Wechatpay-Serial`: a public key id (`PUB_KEY_ID_…`) or a platform certificate's serial
   * number. While a merchant changes from one to the other, notifications arrive signed by either.
   */
  publicKeys: Readonly<Record<string, KeyObject>>;
  /** The key that we ask WeChat Pay to sign its answers with. */
  publicKeyId: string;
  notifyUrl: string;
  callTimeoutMs?: number;
}
