import { randomBytes } from 'node:crypto';
import { selfSignedCertificate } from '../format/certificate.ts';
import type { KeyPair } from '../format/pem.ts';

const TEN_YEARS_MS = 10 * 365 * 24 * 3600_000;

export const wechatPairs = ['wechatMerchant', 'wechatPlatform', 'wechatCertificate'] as const;

export interface WechatKeys {
  appId: string;
  mchId: string;
  /** Serial number of the merchant's certificate. */
  serialNo: string;
  merchant: KeyPair;
  /** 32 characters. */
  apiV3Key: string;
  publicKeyId: string;
  platform: KeyPair;
  /** The older way to verify the platform's signatures: a certificate with its own key. */
  certificate: KeyPair & { serialNo: string; pem: string; notBefore: Date; notAfter: Date };
}

export function wechatKeys(pairs: Record<(typeof wechatPairs)[number], KeyPair>): WechatKeys {
  const { privateKey } = pairs.wechatCertificate;
  const serialNo = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
  const notBefore = new Date(Date.now() - 24 * 3600_000);
  const notAfter = new Date(notBefore.getTime() + TEN_YEARS_MS);
  const commonName = 'Tenpay.com Simulator';
  const pem = selfSignedCertificate({ privateKey, commonName, serialNo, notBefore, notAfter });
  return {
    appId: 'wx0123456789abcdef',
    mchId: '1900000001',
    serialNo: '7DE1B2A3C4D5E6F708192A3B4C5D6E7F80910A1B',
    merchant: pairs.wechatMerchant,
    apiV3Key: randomBytes(16).toString('hex'),
    publicKeyId: 'PUB_KEY_ID_0114000000012026010100000000000001',
    platform: pairs.wechatPlatform,
    certificate: { ...pairs.wechatCertificate, serialNo, pem, notBefore, notAfter },
  };
}
