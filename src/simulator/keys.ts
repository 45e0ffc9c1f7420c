import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { selfSignedCertificate } from './certificate.ts';

/** alipay-sdk cuts the signed part out of a reply by position, which works with RSA-2048 signatures only. */
const MODULUS_BITS = 2048;
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
  /** Signs where a signature has to be wrong. */
  stranger: KeyPair;
}

let keys: Promise<SimulatorKeys> | undefined;

/** Made once a process: RSA keys take a while, and every simulator may use the same. */
export function simulatorKeys(): Promise<SimulatorKeys> {
  keys ??= generateKeys();
  return keys;
}

async function generateKeys(): Promise<SimulatorKeys> {
  const [merchant, platform, certified, app, alipay, stranger] = await Promise.all([
    keyPair(),
    keyPair(),
    keyPair(),
    keyPair(),
    keyPair(),
    keyPair(),
  ]);
  const serialNo = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
  const notBefore = new Date(Date.now() - 24 * 3600_000);
  const notAfter = new Date(notBefore.getTime() + TEN_YEARS_MS);
  const { privateKey } = certified;
  const commonName = 'Tenpay.com Simulator';
  const pem = selfSignedCertificate({ privateKey, commonName, serialNo, notBefore, notAfter });
  return {
    wechat: {
      appId: 'wx0123456789abcdef',
      mchId: '1900000001',
      serialNo: '7DE1B2A3C4D5E6F708192A3B4C5D6E7F80910A1B',
      merchant,
      apiV3Key: randomBytes(16).toString('hex'),
      publicKeyId: 'PUB_KEY_ID_0114000000012026010100000000000001',
      platform,
      certificate: { ...certified, serialNo, pem, notBefore, notAfter },
    },
    alipay: { appId: '2021000000000001', sellerId: '2088000000000001', app, platform: alipay },
    stranger,
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
