import { createPrivateKey, createPublicKey } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSignedPart } from '../../../src/channel/built-in/alipay/gateway-signature.ts';
import { distrust } from '../../../src/channel/built-in/alipay/rest-signature.ts';
import { restReplyText, signText } from '../../../src/sandbox/simulator/alipay/protocol/signing.ts';
import type { Simulator } from '../../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../../support/simulator.ts';

/** What Alipay signs, verified by us and by Alipay's own SDK. */

let simulator: Simulator;
let sdk: AlipaySdk;
beforeAll(async () => {
  simulator = await startTestSimulator();
  const { ALIPAY_APP_ID, ALIPAY_PRIVATE_KEY, ALIPAY_PUBLIC_KEY } = simulator.env;
  sdk = new AlipaySdk({
    appId: ALIPAY_APP_ID,
    privateKey: ALIPAY_PRIVATE_KEY,
    alipayPublicKey: ALIPAY_PUBLIC_KEY,
    keyType: 'PKCS8',
  });
});
afterAll(() => simulator.close());

const publicKey = () => createPublicKey(simulator.env.ALIPAY_PUBLIC_KEY);
const signed = (text: string | Buffer) => signText(text, simulator.keys.alipay.platform.privateKey);
const NODE = 'alipay_trade_query_response';

describe('the older protocol', () => {
  const ours = (text: string) => readSignedPart(publicKey(), NODE, Buffer.from(text));
  const sdkAccepts = (text: string) => {
    try {
      sdk.checkResponseSign(text, NODE, JSON.parse(text).sign, '');
      return true;
    } catch {
      return false;
    }
  };
  const refusal = '{"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST","sub_msg":"交易不存在"}';

  test.each([
    ['as sent', refusal, (node: string, sign: string) => `{"${NODE}":${node},"sign":"${sign}"}`],
    [
      'with spaces and lines',
      '{ "code" : "40004",\n "a": {"b": [1, {}]} }',
      (node: string, sign: string) => `\n{ "${NODE}" : ${node} ,\n "sign" : "${sign}" }\n`,
    ],
    [
      'with escaped slashes',
      '{"code":"10000","url":"https:\\/\\/a.example\\/b"}',
      (node: string, sign: string) => `{"${NODE}":${node},"sign":"${sign.replaceAll('/', '\\/')}"}`,
    ],
    [
      'with braces, quotes and a signature inside a text',
      '{"code":"40004","sub_msg":"} \\"sign\\":\\"x\\" {"}',
      (node: string, sign: string) => `{"${NODE}":${node},"sign":"${sign}"}`,
    ],
    [
      'with the certificate’s number before the signature',
      refusal,
      (node: string, sign: string) => `{"${NODE}":${node},"alipay_cert_sn":"c0ffee","sign":"${sign}"}`,
    ],
  ])('is verified over the raw text, and the SDK agrees: %s', (_, node, layout) => {
    const text = layout(node, signed(node));
    expect(ours(text)).toEqual({ data: JSON.parse(node) });
    expect(sdkAccepts(text)).toBe(true);
    for (const change of [
      node.replace('code', 'c0de'),
      node.replace(/}$/, ' }'),
      `${node.slice(0, -1)},"x":1}`,
    ]) {
      const changed = layout(change, signed(node));
      expect(ours(changed)).toEqual({ why: 'bad signature' });
      expect(sdkAccepts(changed)).toBe(false);
    }
  });

  test('nothing outside the signed text is read', () => {
    const sign = signed(refusal);
    const forged = '{"code":"10000"}';
    for (const text of [
      `{"${NODE}":${refusal},"${NODE}":${forged},"sign":"${sign}"}`,
      `{"${NODE}":${forged},"${NODE}":${refusal},"sign":"${sign}"}`,
      `{"x":"${NODE}","${NODE}":${forged},"sign":"${sign}","y":${refusal}}`,
    ]) {
      expect(ours(text)).toEqual({ why: 'bad signature' });
    }
    const beside = `{"${NODE}":${refusal},"code":"10000","sign":"${sign}"}`;
    expect(ours(beside)).toEqual({ data: JSON.parse(refusal) });
  });

  test('bytes that are not UTF-8 are not exchanged for others', () => {
    const node = (byte: number) =>
      Buffer.concat([Buffer.from('{"code":"4'), Buffer.from([byte]), Buffer.from('"}')]);
    const answer = (byte: number) =>
      Buffer.concat([
        Buffer.from(`{"${NODE}":`),
        node(byte),
        Buffer.from(`,"sign":"${signed(node(0xff))}"}`),
      ]);
    expect(readSignedPart(publicKey(), NODE, answer(0xff))).toHaveProperty('data');
    expect(readSignedPart(publicKey(), NODE, answer(0xfe))).toEqual({ why: 'bad signature' });
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '<html>',
    '{}',
    `{"${NODE}":null,"sign":"x"}`,
    `{"${NODE}":"{}","sign":"x"}`,
  ])('%j is not an answer', (text) => {
    expect(ours(text)).toEqual({ why: 'not an answer' });
  });
  test('a signed error_response is not the answer to the query', () => {
    expect(ours(`{"error_response":${refusal},"sign":"${signed(refusal)}"}`)).toEqual({
      why: 'not an answer',
    });
  });
  test.each(['', ',"sign":""', ',"sign":null', ',"sign":1', ',"sign":["x"]'])(
    'without a signature (%j)',
    (sign) => {
      expect(ours(`{"${NODE}":${refusal}${sign}}`)).toEqual({ why: 'without a signature' });
    },
  );
  test('another signer', () => {
    const sign = signText(refusal, simulator.keys.stranger.privateKey);
    expect(ours(`{"${NODE}":${refusal},"sign":"${sign}"}`)).toEqual({ why: 'bad signature' });
  });
});

describe('REST v3', () => {
  const body = '{"out_trade_no":"茶"}';
  const headers = () => ({
    'alipay-timestamp': '1795852800000',
    'alipay-nonce': 'n0nce',
    'alipay-signature': signed(restReplyText('1795852800000', 'n0nce', body)),
  });
  const ours = (changed: object = {}, text: string | Buffer = body) =>
    distrust(publicKey(), { headers: { ...headers(), ...changed }, body: Buffer.from(text) });

  test('is verified over the raw body, and the SDK agrees', () => {
    const text = restReplyText('1795852800000', 'n0nce', body);
    expect(ours()).toBeNull();
    expect(sdk.rsaCheck(text, headers()['alipay-signature'])).toBe(true);
  });
  test.each(['timestamp', 'nonce', 'signature'])('without its %s, or with two: no signature', (name) => {
    for (const value of [undefined, '', ['a', 'b']]) {
      expect(ours({ [`alipay-${name}`]: value })).toBe('without a signature');
    }
    expect(ours({ [`alipay-${name}`]: 'another' })).toBe('bad signature');
  });
  test('any change of the body is a bad signature', () => {
    for (const changed of ['', `${body} `, body.replace('茶', '\ufffd'), Buffer.from(body, 'latin1')]) {
      expect(ours({}, changed)).toBe('bad signature');
    }
  });
  test('another signer', () => {
    const key = createPrivateKey(simulator.env.ALIPAY_PRIVATE_KEY);
    const text = restReplyText('1795852800000', 'n0nce', body);
    expect(ours({ 'alipay-signature': signText(text, key) })).toBe('bad signature');
  });
});
