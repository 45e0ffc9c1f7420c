import { issueCertificate } from '../format/certificate.ts';
import type { KeyPair } from '../format/pem.ts';

/** Merchants check the third part. */
const UNIONPAY_NAME = '041@8310000000083040@中国银联股份有限公司@00016495';
const MERCHANT_NAME = '041@8777290058110048@某某商户有限公司@00016493';

export const unionpayPairs = [
  'unionpayMerchant',
  'unionpayPlatform',
  'unionpayRoot',
  'unionpayMiddle',
] as const;

export interface UnionpayKeys {
  merId: string;
  /** Serial number of the merchant's certificate, in decimal digits. */
  certId: string;
  merchant: KeyPair;
  platform: KeyPair;
  rootCert: string;
  middleCert: string;
  /** Certificates the platform signs with: a valid one, an expired one, a merchant's, and one from unknown issuers. */
  certs: { valid: string; expired: string; merchant: string; foreign: string };
}

export function unionpayKeys(
  pairs: Record<(typeof unionpayPairs)[number] | 'stranger', KeyPair>,
): UnionpayKeys {
  const { unionpayPlatform: platform, unionpayRoot: root, unionpayMiddle: middle, stranger } = pairs;
  const day = (offset: number) => new Date(Date.now() + offset * 24 * 3600_000);
  const always = { notBefore: day(-365), notAfter: day(3650) };
  const rootName = 'Simulator Root CA';
  const middleName = 'Simulator OCA';
  const byRoot = { name: rootName, privateKey: root.privateKey };
  const byMiddle = { name: middleName, privateKey: middle.privateKey };
  const leaf = { commonName: UNIONPAY_NAME, publicKey: platform.publicKey, serialNo: '4a5b6c7d', ...always };
  return {
    merId: '777290058110048',
    certId: '68759663125',
    merchant: pairs.unionpayMerchant,
    platform,
    rootCert: issueCertificate({
      ...always,
      commonName: rootName,
      publicKey: root.publicKey,
      serialNo: '01',
      issuer: byRoot,
    }),
    middleCert: issueCertificate({
      ...always,
      commonName: middleName,
      publicKey: middle.publicKey,
      serialNo: '02',
      issuer: byRoot,
    }),
    certs: {
      valid: issueCertificate({ ...leaf, issuer: byMiddle }),
      expired: issueCertificate({ ...leaf, notAfter: day(-1), issuer: byMiddle }),
      merchant: issueCertificate({ ...leaf, commonName: MERCHANT_NAME, issuer: byMiddle }),
      foreign: issueCertificate({ ...leaf, issuer: { name: middleName, privateKey: stranger.privateKey } }),
    },
  };
}
