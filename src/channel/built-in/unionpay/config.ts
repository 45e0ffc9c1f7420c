import type { KeyObject, X509Certificate } from 'node:crypto';

/**
 * A merchant of UnionPay's ACP gateway (全渠道). Keys and certificates are parsed once, when the configuration is read.
 */
export interface UnionpayConfig {
  /** Without a trailing slash. */
  baseUrl: string;
  merId: string;
  /** Serial number of the merchant's signing certificate, in decimal digits; `privateKey` is its key. */
  certId: string;
  privateKey: KeyObject;
  trust: UnionpayTrust;
  /** URL to which UnionPay reports payments. */
  notifyUrl: string;
  callTimeoutMs?: number;
}

/** The certificates whose signatures are trusted. */
export interface UnionpayTrust {
  /** Several while UnionPay replaces its certificate. */
  rootCerts: readonly X509Certificate[];
  /** Intermediate certificates, each issued by one of `rootCerts`; they issue UnionPay's signing certificates. */
  middleCerts: readonly X509Certificate[];
  /** False only in UnionPay's test environment, whose certificates do not name UnionPay. */
  production: boolean;
}
