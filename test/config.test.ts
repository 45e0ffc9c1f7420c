import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const server = {
  DATABASE_URL: 'mysql://u:p@127.0.0.1:3306/autoclose',
  REDIS_URL: 'redis://127.0.0.1:6379',
  PUBLIC_URL: 'https://pay.example.com/',
  SIGN_SECRET: '123456',
};
const alipay = {
  ALIPAY_APP_ID: '2021',
  ALIPAY_PRIVATE_KEY: rsa.privateKey,
  ALIPAY_PUBLIC_KEY: rsa.publicKey,
};

function messageOf(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the configuration was accepted');
}

describe('the configuration', () => {
  test('has the documented defaults', () => {
    expect(readConfig(server)).toEqual({
      server: {
        ...server,
        PUBLIC_URL: 'https://pay.example.com',
        HOST: '0.0.0.0',
        PORT: 9000,
        REDIS_PREFIX: 'autoclose',
        SIGN_TYPE: 'HMAC_SHA256',
        SIGN_REQUIRED: true,
        REQ_TIME_TOLERANCE_S: 300,
        RATE_LIMIT_PER_MINUTE: 0,
        ORDER_EXPIRES_IN_S: 900,
        CLOSE_GRACE_MS: 5000,
        CLOSE_CONCURRENCY: 50,
        CHANNEL_CLOSES_PER_S: 200,
        SWEEP_INTERVAL_MS: 15000,
        LOG_LEVEL: 'info',
      },
      wechat: null,
      alipay: null,
    });
  });

  test('names every variable that is missing or wrong, in one message, without its value', () => {
    const message = messageOf({ ...server, SIGN_SECRET: '', PORT: 'ninethousand', SIGN_TYPE: 'SHA1' });
    expect(message).toMatch(/SIGN_SECRET: is not set/);
    expect(message).toMatch(/PORT: /);
    expect(message).toMatch(/SIGN_TYPE: /);
    expect(message).not.toMatch(/ninethousand/);
  });

  test('does not enable a channel without its variables, and refuses one with half of them', () => {
    expect(readConfig({ ...server, ALIPAY_ENDPOINT: 'https://openapi.alipay.com' }).alipay).toBeNull();
    expect(messageOf({ ...server, ALIPAY_APP_ID: '2021' })).toMatch(/ALIPAY_PRIVATE_KEY: is not set/);
  });

  test('takes a key as PEM, as PEM on one line, as bare base64 and as a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'autoclose-config-'));
    const file = join(folder, 'key.pem');
    writeFileSync(file, rsa.privateKey);
    const bare = rsa.privateKey.replace(/-----[^-]+-----|\n/g, '');
    for (const value of [rsa.privateKey, rsa.privateKey.replaceAll('\n', '\\n'), bare, file]) {
      const config = readConfig({ ...server, ...alipay, ALIPAY_PRIVATE_KEY: value });
      expect(config.alipay?.ALIPAY_PRIVATE_KEY.type).toBe('private');
    }
    rmSync(folder, { recursive: true });
  });

  test('refuses what is no key, and does not print it', () => {
    const message = messageOf({ ...server, ...alipay, ALIPAY_PRIVATE_KEY: 'c2VjcmV0LXNlY3JldA==' });
    expect(message).toMatch(/ALIPAY_PRIVATE_KEY: is neither an RSA private key/);
    expect(message).not.toMatch(/c2Vj/);
  });

  test('.env.example documents every variable and no other', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const documented = [...example.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    const source = readFileSync(new URL('../src/config.ts', import.meta.url), 'utf8');
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map((match) => match[1]);
    expect(documented.toSorted()).toEqual([...new Set(read)].toSorted());
  });
});
