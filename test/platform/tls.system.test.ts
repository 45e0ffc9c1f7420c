import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { examine } from '../../src/doctor/examine.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { parseDatabaseUrl } from '../../src/platform/mysql/database-url.ts';
import { openProducerRedis, waitForConnection } from '../../src/platform/redis.ts';
import { dockerAnswers } from '../../src/sandbox/services/docker.ts';
import { type OwnServer, startOwnDatabase } from '../../src/sandbox/services/services.ts';
import { issueCertificate, selfSignedCertificate } from '../../src/sandbox/simulator/format/certificate.ts';
import { createWorld } from '../support/world.ts';

/** Servers as hosted ones are: encrypted, with a private CA. */
const folder = mkdtempSync(join(tmpdir(), 'autoclose-tls-'));
chmodSync(folder, 0o755);
const life = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000) };
const newKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [authority, host, stranger] = [newKeys(), newKeys(), newKeys()];
const ca = selfSignedCertificate({
  ...life,
  commonName: 'test CA',
  serialNo: '01',
  isAuthority: true,
  privateKey: authority.privateKey,
});
const cert = issueCertificate({
  ...life,
  commonName: 'localhost',
  serialNo: '02',
  publicKey: host.publicKey,
  issuer: { name: 'test CA', privateKey: authority.privateKey },
});
const otherCa = selfSignedCertificate({
  ...life,
  commonName: 'other',
  serialNo: '03',
  isAuthority: true,
  privateKey: stranger.privateKey,
});
const key = host.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o644 });
  return path;
}

let server: OwnServer;
let url: URL;
/** In a container the server generates its certificate, and cannot read ours. */
let isOurs: boolean;
beforeAll(async () => {
  isOurs = !(await dockerAnswers(process.env));
  const files = [
    `--ssl-ca=${file('ca.pem', ca)}`,
    `--ssl-cert=${file('cert.pem', cert)}`,
    `--ssl-key=${file('key.pem', key)}`,
  ];
  server = await startOwnDatabase({ env: process.env, say: () => {}, databaseSettings: isOurs ? files : [] });
  const password = randomBytes(8).toString('hex');
  const db = await openDatabase(server.url, [], []);
  await db.query(`CREATE USER tls@'%' IDENTIFIED BY '${password}' REQUIRE SSL`);
  await db.query("GRANT ALL ON *.* TO tls@'%'");
  await db.destroy();
  url = new URL(server.url);
  url.username = 'tls';
  url.password = password;
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

async function cipher(parameters: Record<string, string>, hostname = '127.0.0.1'): Promise<string> {
  const address = new URL(url);
  address.hostname = hostname;
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  const db = await openDatabase(address.href, [], []);
  const [row] = await db.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  await db.destroy();
  return row.Value;
}

describe('a user that requires encryption', () => {
  test.each(['PREFERRED', 'REQUIRED', 'required'])('is accepted with ssl-mode=%s', async (mode) => {
    expect(await cipher({ 'ssl-mode': mode })).not.toBe('');
  });
  test('is rejected without', async () => {
    await expect(cipher({})).rejects.toThrow(/denied/i);
    await expect(cipher({ 'ssl-mode': 'DISABLED' })).rejects.toThrow(/denied/i);
  });
});

describe('a server’s certificate', () => {
  test('is verified against the CA, given as text or file, and the host name', async () => {
    if (!isOurs) return;
    const path = join(folder, 'ca.pem');
    expect(await cipher({ 'ssl-ca': ca })).not.toBe('');
    expect(await cipher({ 'ssl-ca': path, 'ssl-mode': 'VERIFY_CA' })).not.toBe('');
    expect(await cipher({ 'ssl-ca': path, 'ssl-mode': 'VERIFY_IDENTITY' }, 'localhost')).not.toBe('');
    await expect(
      cipher({ 'ssl-ca': path, 'ssl-mode': 'VERIFY_IDENTITY' }, 'ip6-localhost'),
    ).rejects.toThrow();
  });
  test.each(['VERIFY_CA', 'VERIFY_IDENTITY'])('of another CA is rejected with %s', async (mode) => {
    await expect(cipher({ 'ssl-ca': otherCa, 'ssl-mode': mode }, 'localhost')).rejects.toThrow(
      /certificate|signature/i,
    );
  });
});

test('if the server cannot encrypt, ssl-mode=PREFERRED is plain text and REQUIRED fails', async () => {
  const plain = new URL(inject('databaseUrl'));
  const db = await openDatabase(plain.href, [], []);
  const [{ Value: has }] = await db
    .query("SHOW VARIABLES LIKE 'have_ssl'")
    .then((rows) => (rows.length ? rows : [{ Value: 'YES' }]));
  await db.destroy();
  if (has === 'YES') return;
  plain.searchParams.set('ssl-mode', 'PREFERRED');
  await (await openDatabase(plain.href, [], [])).destroy();
  plain.searchParams.set('ssl-mode', 'REQUIRED');
  await expect(openDatabase(plain.href, [], [])).rejects.toThrow(/secure connection/i);
});

describe('DATABASE_URL', () => {
  test('may have an IPv6 host, and percent-encoded characters', () => {
    expect(parseDatabaseUrl('mysql://a%40b:p%3Aw%2Fd%25@[2001:db8::1]:3307/na%20me')).toMatchObject({
      host: '2001:db8::1',
      port: 3307,
      username: 'a@b',
      password: 'p:w/d%',
      database: 'na me',
      ssl: null,
    });
  });
  test.each([
    ['mysql://u:p@h/d?ssl-mode=SOME', /ssl-mode SOME; there are: DISABLED/],
    ['mysql://u:p@h/d?sslmode=REQUIRED', /parameter sslmode; there are: ssl-mode/],
    ['mysql://u:p@h/d?ssl-ca=/nope.pem', /neither PEM text nor the path/],
    ['mysql://u:100%@h/d', /password with a % that encodes nothing/],
  ])('%s is rejected with the reason', (text, message) => {
    expect(() => parseDatabaseUrl(text)).toThrow(message);
    const env = { DATABASE_URL: text, REDIS_URL: 'redis://h', PUBLIC_URL: 'http://h', SIGN_SECRET: 's' };
    expect(() => readConfig(env)).toThrow(message);
  });
  test('overrides the variables', () => {
    const env = {
      DATABASE_URL: 'mysql://u:p@h/d?ssl-mode=REQUIRED',
      DATABASE_SSL_MODE: 'VERIFY_IDENTITY',
      DATABASE_SSL_CA: join(folder, 'ca.pem'),
      REDIS_URL: 'redis://h',
      PUBLIC_URL: 'http://h',
      SIGN_SECRET: 's',
    };
    const { DATABASE_URL } = readConfig(env).server;
    expect(parseDatabaseUrl(DATABASE_URL).ssl).toMatchObject({ rejectUnauthorized: false, ca });
  });
});

describe('Redis over TLS', () => {
  let front: Server;
  let port: number;
  beforeAll(async () => {
    const { hostname, port: to } = new URL(inject('redisUrl'));
    front = createServer({ key, cert }, (near) => {
      const far = connect(Number(to), hostname);
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => {});
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const address = front.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  });
  afterAll(() => front.close());
  const connects = async (trusted: string | undefined) => {
    const address = {
      url: `rediss://localhost:${port}`,
      sentinels: null,
      ...(trusted === undefined ? {} : { ca: trusted }),
    };
    const redis = openProducerRedis(address, createLogger('silent'));
    onTestFinished(() => redis.disconnect());
    return waitForConnection(redis);
  };
  test('is reachable only with its CA', async () => {
    expect(await connects(ca)).toBe(true);
    expect(await connects(undefined)).toBe(false);
    expect(await connects(otherCa)).toBe(false);
  });
  test('the program and the doctor reach it with REDIS_CA', async () => {
    const world = await createWorld({ REDIS_URL: `rediss://localhost:${port}`, REDIS_CA: ca });
    onTestFinished(() => world.end());
    expect(world.app.isQueueReachable()).toBe(true);
    expect(await world.app.readQueueHealth()).toMatchObject({ state: 'ok' });
    const findings = await examine(world.env);
    expect(findings.find(({ check }) => check === 'redis')).toMatchObject({
      state: expect.not.stringContaining('fail'),
    });
  });
  test('REDIS_CA without rediss: is rejected', () => {
    const env = {
      DATABASE_URL: 'mysql://u@h/d',
      REDIS_URL: 'redis://h',
      REDIS_CA: ca,
      PUBLIC_URL: 'http://h',
      SIGN_SECRET: 's',
    };
    expect(() => readConfig(env)).toThrow('REDIS_CA: is set, but REDIS_URL does not begin with rediss://');
  });
});
