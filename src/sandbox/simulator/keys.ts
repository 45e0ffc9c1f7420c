import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { issueCertificate, selfSignedCertificate } from './format/certificate.ts';

/** alipay-sdk cuts the signed part out of a reply by position, which works with RSA-2048 signatures only. */
const MODULUS_BITS = 2048;
/** The third part is what a merchant looks for. */
const UNIONPAY_NAME = '041@8310000000083040@中国银联股份有限公司@00016495';
const MERCHANT_NAME = '041@8777290058110048@某某商户有限公司@00016493';
const TEN_YEARS_MS = 10 * 365 * 24 * 3600_000;

export interface KeyPair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** Everyone's keys and numbers: the merchant's, the two platforms', and a stranger's. */
export interface SimulatorKeys {
  wechat: {
    appId: string;
    mchId: string;
    /** Serial number of the merchant's certificate. */
    serialNo: string;
    merchant: KeyPair;
    /** 32 characters. */
    apiV3Key: string;
    publicKeyId: string;
    platform: KeyPair;
    /** The older way to know the platform: a certificate with a key of its own. */
    certificate: KeyPair & { serialNo: string; pem: string; notBefore: Date; notAfter: Date };
  };
  alipay: { appId: string; sellerId: string; app: KeyPair; platform: KeyPair };
  unionpay: {
    merId: string;
    /** Serial number of the merchant's certificate, in decimal digits. */
    certId: string;
    merchant: KeyPair;
    platform: KeyPair;
    rootCert: string;
    middleCert: string;
    /** What the platform signs with: the right one, one that has run out, a merchant's, and one of unknown issuers. */
    certs: { valid: string; expired: string; merchant: string; foreign: string };
  };
  /** Signs where a signature has to be wrong. */
  stranger: KeyPair;
}

const pairNames = [
  'wechatMerchant',
  'wechatPlatform',
  'wechatCertificate',
  'alipayApp',
  'alipayPlatform',
  'unionpayMerchant',
  'unionpayPlatform',
  'stranger',
] as const;
/** The key pairs of which `keysOf` makes everyone's keys. */
export type KeyPairs = Record<(typeof pairNames)[number], KeyPair>;

let keys: Promise<SimulatorKeys> | undefined;

/** Made once a process: RSA keys take a while, and every simulator may use the same. */
export function simulatorKeys(): Promise<SimulatorKeys> {
  keys ??= generateKeyPairs().then(keysOf);
  return keys;
}

export async function generateKeyPairs(): Promise<KeyPairs> {
  const named = pairNames.map(async (name) => [name, await keyPair()] as const);
  return Object.fromEntries(await Promise.all(named)) as KeyPairs;
}

/** Numbers and certificates for these key pairs. */
export function keysOf(pairs: KeyPairs): SimulatorKeys {
  const { wechatCertificate, stranger } = pairs;
  const serialNo = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
  const notBefore = new Date(Date.now() - 24 * 3600_000);
  const notAfter = new Date(notBefore.getTime() + TEN_YEARS_MS);
  const { privateKey } = wechatCertificate;
  const commonName = 'Tenpay.com Simulator';
  const pem = selfSignedCertificate({ privateKey, commonName, serialNo, notBefore, notAfter });
  return {
    wechat: {
      appId: 'wx0123456789abcdef',
      mchId: '1900000001',
      serialNo: '7DE1B2A3C4D5E6F708192A3B4C5D6E7F80910A1B',
      merchant: pairs.wechatMerchant,
      apiV3Key: randomBytes(16).toString('hex'),
      publicKeyId: 'PUB_KEY_ID_0114000000012026010100000000000001',
      platform: pairs.wechatPlatform,
      certificate: { ...wechatCertificate, serialNo, pem, notBefore, notAfter },
    },
    unionpay: {
      merId: '777290058110048',
      certId: '68759663125',
      merchant: pairs.unionpayMerchant,
      platform: pairs.unionpayPlatform,
      ...unionpayCertificates({
        platform: pairs.unionpayPlatform,
        root: wechatCertificate,
        middle: pairs.wechatPlatform,
        stranger,
      }),
    },
    alipay: {
      appId: '2021000000000001',
      sellerId: '2088000000000001',
      app: pairs.alipayApp,
      platform: pairs.alipayPlatform,
    },
    stranger,
  };
}

/** Keys of other platforms serve as the issuers': RSA keys take a while. */
function unionpayCertificates(pairs: Record<'platform' | 'root' | 'middle' | 'stranger', KeyPair>) {
  const { platform, root, middle, stranger } = pairs;
  const day = (offset: number) => new Date(Date.now() + offset * 24 * 3600_000);
  const always = { notBefore: day(-365), notAfter: day(3650) };
  const rootName = 'Simulator Root CA';
  const middleName = 'Simulator OCA';
  const byRoot = { name: rootName, privateKey: root.privateKey };
  const byMiddle = { name: middleName, privateKey: middle.privateKey };
  const leaf = { commonName: UNIONPAY_NAME, publicKey: platform.publicKey, serialNo: '4a5b6c7d', ...always };
  return {
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

function keyPair(): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
}

/** PEM, PKCS#8. */
export function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** PEM, SPKI. */
export function publicPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
