import type { KeyObject, X509Certificate } from 'node:crypto';

/** A merchant of UnionPay's ACP gateway (全渠道). Keys and certificates are parsed once, when the configuration is read. */
export interface UnionpayConfig {
  /** Without a trailing slash. */
  baseUrl: string;
  merId: string;
  /** Serial number of the merchant's signing certificate, in decimal digits; `privateKey` is its key. */
  certId: string;
  privateKey: KeyObject;
  trust: UnionpayTrust;
  /** Where UnionPay reports payments. */
  notifyUrl: string;
  callTimeoutMs?: number;
}

/** Whose signatures are believed. */
export interface UnionpayTrust {
  /** Several while UnionPay changes its own. */
  rootCerts: readonly X509Certificate[];
  /** Each issued by one of `rootCerts`; they issue the certificates that UnionPay signs with. */
  middleCerts: readonly X509Certificate[];
  /** False only in UnionPay's test environment, whose certificates do not name UnionPay. */
  production: boolean;
}
