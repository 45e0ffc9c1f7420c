import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isSigned,
  type SignRule,
  type SignSettings,
  sign,
  stringToSign,
} from '../../src/client/signing/signing.ts';
import { isReceivedObject, JsonNumber, type ReceivedObject, readJson } from '../../src/client/values/json.ts';
import { parseBody } from '../../src/http/daxpay/request/body.ts';
import * as server from '../../src/http/daxpay/signing/signing.ts';

const settings: SignSettings = { signType: 'HMAC_SHA256', signSecret: '123456' };
const two: SignRule = { upperCase: false, nestedInOrder: false };
const three: SignRule = { upperCase: true, nestedInOrder: true };

function received(json: string): ReceivedObject {
  const value = readJson(json);
  if (!isReceivedObject(value)) throw new Error(`no object: ${json}`);
  return value;
}

describe("DaxPay's golden values", () => {
  test.each([
    [
      'the close request',
      '{"bizTradeNo":"P0001","clientIp":"127.0.0.1","reqTime":1715347558}',
      '458565a54e959fa206dcda9b44eecaf0d5907e8af40f9457d404e533e092a9ed',
    ],
    [
      "the close answer's data",
      '{"code":0,"resTime":1715347771}',
      '3e71c47b15fc9c3da9487acdb1848870712dbbd130fce99eb99ed0c893537ffb',
    ],
    [
      'the pay request',
      `{"allocation":false,"amount":100,"attach":"{\\"回调参数\\"}","bizOrderNo":"SDK_1715341280312",
        "channel":"ali_pay","clientIp":"127.0.0.1","description":"这是支付备注","method":"qrcode","notNotify":true,
        "reqTime":1715341280,"returnUrl":"https://abc.com/callback","title":"测试接口支付"}`,
      '43c0e7124739acab9d31990feb2a28aa1c2f33d95abfb50bfee66cd43edf4f52',
    ],
  ])('%s', (_name, json, expected) => {
    expect(sign(received(json), two, settings)).toBe(expected);
    expect(isSigned({ ...received(json), sign: expected.toUpperCase() }, two, settings)).toBe(true);
  });

  test('SM3 matches its standard, MD5 and HMAC the same string', () => {
    const text = 'A=1&KEY=ABC';
    const of = (signType: SignSettings['signType']) =>
      sign({ a: '1' }, three, { signType, signSecret: 'abc' });
    expect(createHash('sm3').update('abc').digest('hex')).toBe(
      '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    );
    expect(of('SM3')).toBe(createHash('sm3').update(text).digest('hex'));
    expect(of('MD5')).toBe(createHash('md5').update(text).digest('hex'));
    expect(of('HMAC_SHA256')).toBe(createHmac('sha256', 'abc').update(text).digest('hex'));
  });
});

describe('the string to sign', () => {
  test('has nested objects sorted in 2.x, and in their own order in 3.0', () => {
    const members = received('{"data":{"b":1,"A":null,"C":"x\\ny","n":{"z":2,"a":[]}},"e":[],"sign":"s"}');
    expect(stringToSign(members, two, 'k')).toBe('data={b:1,C:xny,n:{z:2}}&key=k');
    expect(stringToSign(members, three, 'k')).toBe('DATA={B:1,C:XNY,N:{Z:2}}&KEY=K');
  });

  test('keeps quotes and backslashes only in the secret', () => {
    expect(stringToSign({ a: 'x"\\y' }, two, 's"\\')).toBe('a=xy&key=s"\\');
  });
});

test('a signature is rejected unless it is the complete hex', () => {
  const right = sign({ a: '1' }, two, settings);
  for (const wrong of [
    '',
    right.slice(2),
    `${right}00`,
    `${right.slice(1)}g`,
    ` ${right}`,
    null,
    true,
    ['x'],
  ])
    expect(isSigned({ a: '1', sign: wrong }, two, settings)).toBe(false);
  expect(isSigned({ a: '1' }, two, settings)).toBe(false);
});

/** The rule again, step by step without regard for speed. */
function naive(members: ReadonlyMap<string, Value>, secret: string): string {
  const lines: string[] = [];
  for (const name of [...members.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const value = members.get(name);
    if (name === 'sign' || value === null || value === undefined) continue;
    lines.push(`${name}=${typeof value === 'object' ? naiveJson(value) : value}`);
  }
  let kept = '';
  for (const character of lines.join('&')) if (character !== '"' && character !== '\\') kept += character;
  return `${kept}&key=${secret}`;
}

function naiveJson(object: Readonly<Record<string, Scalar>>): string {
  const names = Object.keys(object).filter((name) => object[name] !== null);
  names.sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, `${object[name]}`])));
}

type Scalar = string | bigint | boolean | null;
type Value = Scalar | Readonly<Record<string, Scalar>>;

const words = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '测试接口支付', '🍵🀄', 'a"b', 'c\\d', '"\\"', 'x&y=z', '-12.50', '&key=', '1"2":3'),
);
/** The client accepts no number longer than 64 characters. */
const integer = fc.bigInt({ min: -(10n ** 62n), max: 10n ** 62n });
const scalar: fc.Arbitrary<Scalar> = fc.oneof(words, integer, fc.boolean(), fc.constant(null));
const nested = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-zA-Z]{1,8}$/), scalar), {
    selector: ([name]) => name.toLowerCase(),
  })
  .map((entries) => Object.fromEntries(entries));
const value: fc.Arbitrary<Value> = fc.oneof({ weight: 4, arbitrary: scalar }, nested);
const anyMembers = fc
  .uniqueArray(fc.tuple(words, value), { selector: ([name]) => name })
  .map((entries) => new Map(entries));

test('every body is signed by the rule and like the server, from the bytes on the wire', () => {
  fc.assert(
    fc.property(anyMembers, words, (members, secret) => {
      const json = writeNaively(members);
      const expected = naive(members, secret);
      expect(stringToSign(received(json), two, secret)).toBe(expected);
      expect(stringToSign(received(json), { ...two, upperCase: true }, secret)).toBe(expected.toUpperCase());
      const atServer = parseBody(Buffer.from(json));
      if (atServer.kind === 'unreadable') throw new Error(atServer.message);
      expect(server.stringToSign(atServer.members, secret)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test('sent and received members are signed alike', () => {
  const long = '1753370980523384832';
  expect(stringToSign({ paymentId: new JsonNumber(long), n: null, f: false }, two, 'k')).toBe(
    `f=false&paymentId=${long}&key=k`,
  );
});

function writeNaively(members: ReadonlyMap<string, Value>): string {
  const write = (each: Value): string => {
    if (typeof each === 'bigint') return String(each);
    if (typeof each !== 'object' || each === null) return JSON.stringify(each);
    return `{${Object.entries(each).map(([name, inner]) => `${JSON.stringify(name)}:${write(inner)}`)}}`;
  };
  return `{${[...members].map(([name, each]) => `${JSON.stringify(name)} : ${write(each)}`)}}`;
}
