import type { KeyObject } from 'node:crypto';

/** An application at Alipay, public key mode. Keys are parsed once, when the configuration is read. */
export interface AlipayConfig {
  /** Without a trailing slash. */
  endpoint: string;
  appId: string;
  /** The application's. */
  privateKey: KeyObject;
  /** Alipay's. */
  publicKey: KeyObject;
  /** The seller's 2088… number; notifications about others are refused. Null: not compared. */
  sellerId: string | null;
  notifyUrl: string;
  callTimeoutMs?: number;
}
