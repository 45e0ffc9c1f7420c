import type { KeyObject } from 'node:crypto';

/** An Alipay application, public key mode. Keys are parsed once, when the configuration is read. */
export interface AlipayConfig {
  /** Without a trailing slash. */
  endpoint: string;
  appId: string;
  /** The application's private key. */
  privateKey: KeyObject;
  /** Alipay's public key. */
  publicKey: KeyObject;
  /** The seller's 2088… number; notifications for other sellers are rejected. Null: not compared. */
  sellerId: string | null;
  notifyUrl: string;
  callTimeoutMs?: number;
}
