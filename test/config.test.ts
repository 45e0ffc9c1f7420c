import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPlatformKeys } from '../src/channel/built-in/wechat/platform-keys.ts';
import { channelModules } from '../src/channel/modules.ts';
import { ConfigError, readConfig, variables } from '../src/config.ts';
import { readCertificates } from '../src/platform/keys/certificate.ts';
import { selfSignedCertificate } from '../src/sandbox/simulator/format/certificate.ts';

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

const other = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).publicKey;
const wechat = {
  WECHAT_APP_ID: 'wx0',
  WECHAT_MCH_ID: '1900000001',
  WECHAT_SERIAL_NO: '7D',
  WECHAT_PRIVATE_KEY: rsa.privateKey,
  WECHAT_API_V3_KEY: 'k'.repeat(32),
  WECHAT_PUBLIC_KEY_ID: 'PUB_KEY_ID_0',
  WECHAT_PUBLIC_KEY: rsa.publicKey,
};

const certificate = selfSignedCertificate({
  privateKey: createPrivateKey(rsa.privateKey),
  commonName: 'Root',
  serialNo: '01',
  notBefore: new Date('2026-01-01'),
  notAfter: new Date('2036-01-01'),
});
const unionpay = {
  UNIONPAY_MER_ID: '777290058110048',
  UNIONPAY_CERT_ID: '68759663125',
  UNIONPAY_PRIVATE_KEY: rsa.privateKey,
  UNIONPAY_ROOT_CERT: certificate,
  UNIONPAY_MIDDLE_CERT: certificate.replaceAll('\n', '\\n'),
};

const namesOf = (env: NodeJS.ProcessEnv) => readConfig(env).channels.map(({ about }) => about.name);

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
        REDIS_SENTINELS: null,
        REDIS_SENTINEL_NAME: null,
        REDIS_SENTINEL_PASSWORD: null,
        REDIS_PREFIX: 'autoclose',
        SIGN_TYPE: 'HMAC_SHA256',
        SIGN_REQUIRED: true,
        MCH_NO: null,
        APP_ID: null,
        REQ_TIME_TOLERANCE_S: 300,
        RATE_LIMIT_PER_MINUTE: 0,
        TRUST_PROXY: [],
        ORDER_EXPIRES_IN_S: 900,
        CLOSE_GRACE_MS: 5000,
        DATABASE_SSL_MODE: null,
        DATABASE_SSL_CA: null,
        DATABASE_SSL_CERT: null,
        DATABASE_SSL_KEY: null,
        REDIS_CA: null,
        LATE_PAYMENT_POLICY: 'refund',
        CLOSE_CONCURRENCY: 50,
        CHANNEL_CLOSES_PER_S: 200,
        CHANNEL_TIMEOUT_MS: 5000,
        SWEEP_INTERVAL_MS: 15000,
        NOTICE_ALLOW_PRIVATE: false,
        METRICS_HOST: '127.0.0.1',
        METRICS_PORT: 9464,
        OTEL_EXPORTER_OTLP_ENDPOINT: null,
        OTEL_SERVICE_NAME: 'autoclose',
        LOG_LEVEL: 'info',
      },
      channels: [],
    });
  });

  test('takes a channel timeout of 1 to 15 seconds, which the deadlines of orders leave room for', () => {
    for (const CHANNEL_TIMEOUT_MS of ['1000', '15000'])
      expect(readConfig({ ...server, CHANNEL_TIMEOUT_MS }).server).toMatchObject({
        CHANNEL_TIMEOUT_MS: Number(CHANNEL_TIMEOUT_MS),
      });
    for (const CHANNEL_TIMEOUT_MS of ['999', '15001', '5s'])
      expect(messageOf({ ...server, CHANNEL_TIMEOUT_MS })).toMatch(/CHANNEL_TIMEOUT_MS: must be/);
  });

  test('takes the sentinels with the name of their master, and neither alone', () => {
    const sentinels = {
      REDIS_SENTINELS: '10.0.0.1:26379, [::1]:26380,s.example:1',
      REDIS_SENTINEL_NAME: 'm',
    };
    expect(readConfig({ ...server, ...sentinels }).server).toMatchObject({
      REDIS_SENTINELS: [
        { host: '10.0.0.1', port: 26_379 },
        { host: '::1', port: 26_380 },
        { host: 's.example', port: 1 },
      ],
      REDIS_SENTINEL_NAME: 'm',
    });
    for (const name of Object.keys(sentinels)) {
      expect(messageOf({ ...server, ...sentinels, [name]: '' })).toContain(`${name}: is not set`);
    }
    for (const wrong of ['10.0.0.1', 'a:1,', ':26379', 'a:0', 'a:70000', 'redis://a:1', 'a b:1']) {
      const message = messageOf({ ...server, ...sentinels, REDIS_SENTINELS: wrong });
      expect(message).toContain('REDIS_SENTINELS: must be like 10.0.0.1:26379');
    }
  });

  test('names every variable that is missing or wrong, in one message, without its value', () => {
    const message = messageOf({ ...server, SIGN_SECRET: '', PORT: 'ninethousand', SIGN_TYPE: 'SHA1' });
    expect(message).toMatch(/SIGN_SECRET: is not set/);
    expect(message).toMatch(/PORT: /);
    expect(message).toMatch(/SIGN_TYPE: /);
    expect(message).not.toMatch(/ninethousand/);
  });

  test('does not enable a channel without its variables, and refuses one with half of them', () => {
    expect(readConfig({ ...server, ALIPAY_ENDPOINT: 'https://openapi.alipay.com' }).channels).toEqual([]);
    expect(messageOf({ ...server, ALIPAY_APP_ID: '2021' })).toMatch(/ALIPAY_PRIVATE_KEY: is not set/);
  });

  test('takes a key as PEM, as PEM on one line, as bare base64 and as a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'autoclose-config-'));
    const file = join(folder, 'key.pem');
    writeFileSync(file, rsa.privateKey);
    const bare = rsa.privateKey.replace(/-----[^-]+-----|\n/g, '');
    for (const value of [rsa.privateKey, rsa.privateKey.replaceAll('\n', '\\n'), bare, file]) {
      expect(namesOf({ ...server, ...alipay, ALIPAY_PRIVATE_KEY: value })).toEqual(['ali_pay']);
    }
    rmSync(folder, { recursive: true });
  });

  test('refuses what is no key, and does not print it', () => {
    const message = messageOf({ ...server, ...alipay, ALIPAY_PRIVATE_KEY: 'c2VjcmV0LXNlY3JldA==' });
    expect(message).toMatch(/ALIPAY_PRIVATE_KEY: is neither an RSA private key/);
    expect(message).not.toMatch(/c2Vj/);
  });

  test('takes proxies as addresses and networks, and nothing else', () => {
    const { TRUST_PROXY } = readConfig({ ...server, TRUST_PROXY: '10.0.0.0/8, 127.0.0.1,::1/128' }).server;
    expect(TRUST_PROXY).toEqual(['10.0.0.0/8', '127.0.0.1', '::1/128']);
    for (const wrong of ['true', '10.0.0.0/33', '10.0.0', '10.0.0.0/8/8', '::1/129', '1.2.3.4/']) {
      expect(messageOf({ ...server, TRUST_PROXY: wrong })).toMatch(/TRUST_PROXY: must be addresses/);
    }
  });

  test('takes UnionPay’s certificates as PEM, on one line and as a file, the old and the new', () => {
    const folder = mkdtempSync(join(tmpdir(), 'autoclose-config-'));
    const files = ['old.cer', 'new.cer'].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, new X509Certificate(certificate).raw);
    for (const UNIONPAY_ROOT_CERT of [certificate, ...files, `${certificate}\n${certificate}`]) {
      const env = { ...server, ...unionpay, UNIONPAY_ROOT_CERT, UNIONPAY_MIDDLE_CERT: files.join(', ') };
      expect(namesOf(env)).toEqual(['union_pay']);
    }
    for (const both of [files.join(', '), `${certificate}\n${certificate}`])
      expect(readCertificates(both)?.map(({ subject }) => subject)).toEqual(['CN=Root', 'CN=Root']);
    rmSync(folder, { recursive: true });
  });

  test('takes the old and the new of WeChat Pay’s keys, and refuses two keys of one name', () => {
    const more = (list: string) => ({ ...server, ...wechat, WECHAT_MORE_KEYS: list });
    const oneLine = rsa.publicKey.replaceAll('\n', '\\n');
    const both = `${certificate}, PUB_KEY_ID_1=${oneLine},`;
    expect(namesOf(more(both))).toEqual(['wechat_pay']);
    expect(Object.keys(readPlatformKeys(both) ?? {})).toEqual(['01', 'PUB_KEY_ID_1']);
    expect(namesOf(more(`PUB_KEY_ID_0=${oneLine}`))).toEqual(['wechat_pay']);
    for (const wrong of ['c2Vj', 'PUB_KEY_ID_1=c2Vj', `PUB_KEY_ID_1=${oneLine},PUB_KEY_ID_1=${other}`])
      expect(messageOf(more(wrong))).toMatch(/WECHAT_MORE_KEYS: must be platform certificates/);
    expect(messageOf(more(`PUB_KEY_ID_0=${other}`))).toMatch(/WECHAT_MORE_KEYS: names WECHAT_PUBLIC_KEY_ID/);
  });

  test('enables UnionPay only by what has no default, and refuses what it cannot use', () => {
    const defaults = { UNIONPAY_BASE_URL: 'https://gateway.95516.com', UNIONPAY_PRODUCTION: 'true' };
    expect(readConfig({ ...server, ...defaults }).channels).toEqual([]);
    expect(messageOf({ ...server, UNIONPAY_MER_ID: '777290058110048' })).toMatch(
      /UNIONPAY_CERT_ID: is not set/,
    );
    const message = messageOf({
      ...server,
      ...unionpay,
      UNIONPAY_CERT_ID: '4A5B',
      UNIONPAY_ROOT_CERT: 'c2Vj',
    });
    expect(message).toMatch(/UNIONPAY_CERT_ID: must be the serial number in decimal digits/);
    expect(message).toMatch(/UNIONPAY_ROOT_CERT: is neither a certificate/);
    expect(message).not.toMatch(/c2Vj/);
  });

  test('.env.example documents every variable and no other', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const documented = [...example.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    expect(documented.toSorted()).toEqual(variables.toSorted());
  });

  test('a channel’s variables begin with its prefix, and no other’s do', () => {
    for (const { prefix, variables: names } of channelModules) {
      expect(variables.filter((name) => name.startsWith(prefix))).toEqual(names);
    }
  });
});
