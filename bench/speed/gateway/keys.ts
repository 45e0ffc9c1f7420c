import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** The same merchant for each peer, and the platform's key, as the variables of the program. */
export function wechatVariables(baseUrl: string): Record<string, string> {
  const merchant = keyPair();
  const platform = keyPair();
  return {
    WECHAT_BASE_URL: baseUrl,
    WECHAT_APP_ID: 'wx0123456789abcdef',
    WECHAT_MCH_ID: '1900000001',
    WECHAT_SERIAL_NO: '7DE1B2A3C4D5E6F708192A3B4C5D6E7F80910A1B',
    WECHAT_PRIVATE_KEY: merchant.privateKey,
    WECHAT_API_V3_KEY: randomBytes(16).toString('hex'),
    WECHAT_PUBLIC_KEY_ID: 'PUB_KEY_ID_0114000000012026010100000000000001',
    WECHAT_PUBLIC_KEY: platform.publicKey,
    /** For the gateway alone. */
    PLATFORM_PRIVATE_KEY: platform.privateKey,
  };
}

function keyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
