import { constants, createHash, publicDecrypt, sign, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateCheck } from '../../../src/channel/built-in/unionpay/certificate.ts';
import { distrust, signatureOf } from '../../../src/channel/built-in/unionpay/signature.ts';
import {
  issueCertificate,
  selfSignedCertificate,
} from '../../../src/sandbox/simulator/format/certificate.ts';
import type { Simulator } from '../../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../../support/simulator.ts';
import { unionpayConfig } from '../support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterAll(() => simulator.close());

const unionpay = () => simulator.keys.unionpay;

/** SHA-256 in an RSA signature: PKCS#1's prefix of the digest (RFC 8017, 9.2). */
const SHA256_PREFIX = '3031300d060960864801650304020105000420';
const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

describe('the signed text of version 5.1.0', () => {
  test('sorted fields without empty ones and the signature; their hex SHA-256 is the text that is signed', () => {
    const { publicKey, privateKey } = unionpay().merchant;
    const fields = {
      txnType: '01',
      merId: '777290058110048',
      orderDesc: '',
      certId: '1',
      Z: 'ä=&',
      signature: 'x',
    };
    const text = 'Z=ä=&&certId=1&merId=777290058110048&txnType=01';
    const opened = publicDecrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(signatureOf(fields, privateKey), 'base64'),
    );
    expect(opened.toString('hex')).toBe(SHA256_PREFIX + sha256(sha256(text)));
  });
});

describe('an answer is trusted only by certificate and signature', () => {
  const check = (production = true) =>
    createCertificateCheck({ ...unionpayConfig(simulator).trust, production });
  const now = () => new Date();
  function signed(cert: string, key = unionpay().platform.privateKey) {
    const fields = { signMethod: '01', respCode: '00', signPubKeyCert: cert };
    return { ...fields, signature: signatureOf(fields, key) };
  }

  test('valid', () => {
    expect(distrust(check(), signed(unionpay().certs.valid), now())).toBeNull();
  });
  test('changed after it was signed', () => {
    const fields = { ...signed(unionpay().certs.valid), respCode: '34' };
    expect(distrust(check(), fields, now())).toBe('bad signature');
  });
  test('signed without the hex step, or by another key', () => {
    const { certs, platform } = unionpay();
    const { signature: _right, ...fields } = signed(certs.valid);
    const text = `respCode=00&signMethod=01&signPubKeyCert=${certs.valid}`;
    const signature = sign('sha256', Buffer.from(text), platform.privateKey).toString('base64');
    expect(distrust(check(), { ...fields, signature }, now())).toBe('bad signature');
    const byStranger = signed(certs.valid, simulator.keys.stranger.privateKey);
    expect(distrust(check(), byStranger, now())).toBe('bad signature');
  });
  test.each(['signature', 'signPubKeyCert'] as const)('without %s', (name) => {
    const { [name]: _left, ...fields } = signed(unionpay().certs.valid);
    expect(distrust(check(), fields, now())).toBe('without a signature');
  });
  test('with another signing method', () => {
    expect(distrust(check(), { ...signed(unionpay().certs.valid), signMethod: '11' }, now())).toMatch(
      /method/,
    );
  });
  test('a certificate of issuers that are not configured, even by the same names', () => {
    expect(distrust(check(), signed(unionpay().certs.foreign), now())).toMatch(/unknown certificate/);
    const self = selfSignedCertificate({
      privateKey: simulator.keys.stranger.privateKey,
      commonName: '041@8310000000083040@中国银联股份有限公司@00016495',
      serialNo: '01',
      notBefore: new Date(0),
      notAfter: new Date('2040-01-01'),
    });
    const fields = signed(self, simulator.keys.stranger.privateKey);
    expect(distrust(check(), fields, now())).toMatch(/unknown certificate/);
  });
  test('an intermediate certificate that the root has not issued', () => {
    const trust = {
      ...unionpayConfig(simulator).trust,
      rootCerts: [new X509Certificate(unionpay().certs.valid)],
    };
    const fields = signed(unionpay().certs.valid);
    expect(distrust(createCertificateCheck(trust), fields, now())).toMatch(/unknown certificate/);
  });
  test('while UnionPay replaces its root and intermediate certificates, either pair', () => {
    const { trust } = unionpayConfig(simulator);
    const { platform } = simulator.keys.unionpay;
    const always = { notBefore: new Date(0), notAfter: new Date('2040-01-01') };
    const { privateKey, publicKey } = simulator.keys.stranger;
    const by = { name: 'New CA', privateKey };
    const names = { commonName: by.name, serialNo: '77', publicKey, issuer: by, ...always };
    const newCa = new X509Certificate(issueCertificate(names));
    const cert = issueCertificate({ ...names, commonName: 'UnionPay', publicKey: platform.publicKey });
    const both = {
      rootCerts: [...trust.rootCerts, newCa],
      middleCerts: [...trust.middleCerts, newCa],
      production: false,
    };
    for (const each of [unionpay().certs.valid, cert])
      expect(distrust(createCertificateCheck(both), signed(each), now())).toBeNull();
    expect(distrust(createCertificateCheck(trust), signed(cert), now())).toMatch(/unknown certificate/);
  });
  test('a merchant’s certificate, from the same issuer: refused in production only', () => {
    const fields = signed(unionpay().certs.merchant);
    expect(distrust(check(), fields, now())).toMatch(/somebody else/);
    expect(distrust(check(false), fields, now())).toBeNull();
  });
  test('an expired certificate, also one that was valid when first seen', () => {
    expect(distrust(check(), signed(unionpay().certs.expired), now())).toMatch(/expired/);
    const same = check();
    const fields = signed(unionpay().certs.valid);
    expect(distrust(same, fields, now())).toBeNull();
    expect(distrust(same, fields, new Date('2100-01-01'))).toMatch(/expired/);
    expect(distrust(same, fields, new Date(0))).toMatch(/expired/);
  });
  test.each(['', 'no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'not a certificate: %j',
    (cert) => {
      expect(
        distrust(check(), { ...signed(unionpay().certs.valid), signPubKeyCert: cert }, now()),
      ).not.toBeNull();
    },
  );
});
