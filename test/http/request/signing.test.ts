import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { LosslessNumber, stringify } from 'lossless-json';
import { describe, expect, test } from 'vitest';
import { parseBody } from '../../../src/http/daxpay/request/body.ts';
import { plainDecimal } from '../../../src/http/daxpay/signing/plain-decimal.ts';
import { signTypeProblem } from '../../../src/http/daxpay/signing/sign-type.ts';
import {
  isSigned,
  type SignSettings,
  sign,
  stringToSign,
  upperCased,
} from '../../../src/http/daxpay/signing/signing.ts';

const settings: SignSettings = { signType: 'HMAC_SHA256', signSecret: '123456' };

function membersOf(json: string): Readonly<Record<string, unknown>> {
  const body = parseBody(Buffer.from(json));
  if (body.kind === 'unreadable') throw new Error(body.message);
  return body.members;
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
      'the pay request, with quotes in attach and booleans',
      `{"allocation":false,"amount":100,"attach":"{\\"回调参数\\"}","bizOrderNo":"SDK_1715341280312",
        "channel":"ali_pay","clientIp":"127.0.0.1","description":"这是支付备注","method":"qrcode","notNotify":true,
        "reqTime":1715341280,"returnUrl":"https://abc.com/callback","title":"测试接口支付"}`,
      '43c0e7124739acab9d31990feb2a28aa1c2f33d95abfb50bfee66cd43edf4f52',
    ],
  ])('%s', (_name, json, expected) => {
    expect(sign(membersOf(json), settings)).toBe(expected);
    expect(isSigned({ ...membersOf(json), sign: expected }, settings)).toBe(true);
    expect(isSigned({ ...membersOf(json), sign: expected.toUpperCase() }, settings)).toBe(true);
  });
});

describe('the string to sign', () => {
  const text = (json: string) => stringToSign(membersOf(json), 'K');

  test('omits null and the signature, and keeps empty strings', () => {
    expect(text('{"b":"","a":null,"sign":"x","Z":"1"}')).toBe('Z=1&b=&key=K');
  });

  test('has numbers digit for digit, of any length', () => {
    expect(text('{"paymentId":1753370980523384832,"n":100.10,"m":-1E+2}')).toBe(
      'm=-1E+2&n=100.10&paymentId=1753370980523384832&key=K',
    );
  });

  test('has nested objects as JSON of strings sorted case-insensitively, arrays as lists of them', () => {
    expect(text('{"o":{"b":1,"C":true,"a":null,"x":{"z":[],"y":"q"}},"e":{}}')).toBe(
      'e={}&o={b:1,C:true,x:{y:q}}&key=K',
    );
    expect(text('{"list":[{"b":"1","A":2},{}],"none":[]}')).toBe('list=[{A:2,b:1},{}]&key=K');
  });

  test('loses every quote and backslash, except those of the secret', () => {
    expect(stringToSign({ a: 'x"y\\z' }, 'k"\\')).toBe('a=xyz&key=k"\\');
  });

  test('includes `__proto__` and unknown members like any other', () => {
    expect(text('{"__proto__":"p","toString":"t","allocation":false}')).toBe(
      '__proto__=p&allocation=false&toString=t&key=K',
    );
  });
});

describe('a signature', () => {
  test('is rejected unless it is the complete hex', () => {
    const right = sign({ a: '1' }, settings);
    for (const wrong of [
      '',
      right.slice(0, -2),
      `${right}00`,
      `${right.slice(0, -1)}g`,
      ` ${right}`,
      1,
      null,
      {},
    ]) {
      expect(isSigned({ a: '1', sign: wrong }, settings)).toBe(false);
    }
  });

  test('may be over expiredTime as the SDK writes it, in milliseconds only', () => {
    const spelled = (dateTime: string) =>
      createHmac('sha256', '123456').update(`expiredTime=${dateTime}&key=123456`).digest('hex');
    const signature = spelled('{year:2023,month:11,day:15,hour:7,minute:13,second:20,nano:0}');
    const ms = new LosslessNumber('1700003600000');
    expect(isSigned({ expiredTime: ms, sign: signature }, settings)).toBe(true);
    expect(isSigned({ expiredTime: ms, sign: spelled('1700003600000') }, settings)).toBe(true);
    expect(isSigned({ expiredTime: new LosslessNumber('1700003600'), sign: signature }, settings)).toBe(
      false,
    );
    expect(isSigned({ expiredTime: new LosslessNumber('1700003601000'), sign: signature }, settings)).toBe(
      false,
    );
    const withMs = spelled('{year:2023,month:11,day:15,hour:7,minute:13,second:20,nano:7000000}');
    expect(isSigned({ expiredTime: new LosslessNumber('1700003600007'), sign: withMs }, settings)).toBe(true);
  });

  test('uses the configured type and secret', () => {
    const members = { a: '1' };
    const md5 = createHash('md5').update('a=1&key=123456').digest('hex');
    expect(sign(members, { ...settings, signType: 'MD5' })).toBe(md5);
    expect(isSigned({ ...members, sign: md5 }, settings)).toBe(false);
    expect(
      isSigned({ ...members, sign: sign(members, settings) }, { ...settings, signSecret: '1234567' }),
    ).toBe(false);
  });
});

/** The rule again, step by step without regard for speed. Values come from the generator, not from a parser. */
function naive(members: Map<string, unknown>): string {
  const lines: string[] = [];
  for (const name of [...members.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const value = members.get(name);
    if (name === 'sign' || value === null) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    lines.push(`${name}=${naiveText(value)}`);
  }
  let kept = '';
  for (const character of lines.join('&')) if (character !== '"' && character !== '\\') kept += character;
  return `${kept}&key=秘密"`;
}

function naiveText(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return `[${value.map((each) => naiveText(each)).join(',')}]`;
    const entries = Object.entries(value).filter(([, inner]) => inner !== null);
    entries.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    return JSON.stringify(Object.fromEntries(entries.map(([name, inner]) => [name, naiveText(inner)])));
  }
  return `${value}`;
}

const words = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '测试接口支付', '🍵🀄', 'a"b', 'c\\d', '"\\"', 'x&y=z', 'line\nbreak', '&key='),
);
/** Of at most 64 characters, the limit. */
const integer = fc.bigInt({ min: -(10n ** 62n), max: 10n ** 63n });
const scalar = fc.oneof(words, integer, fc.boolean(), fc.constant(null));
/** Names of letters, distinct case-insensitively, so that their order is certain. */
const nested = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[a-zA-Z]{1,8}$/), scalar), {
    selector: ([name]) => name.toLowerCase(),
  })
  .map((entries) => Object.fromEntries(entries));
const value = fc.oneof({ weight: 4, arbitrary: scalar }, nested, fc.array(nested, { maxLength: 3 }));

test('every body is signed by the rule, from the bytes on the wire', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(words, value), { selector: ([name]) => name }), (entries) => {
      const json = `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${stringify(each)}`).join(',')}}`;
      expect(stringToSign(membersOf(json), '秘密"')).toBe(naive(new Map(entries)));
    }),
    { numRuns: 500 },
  );
});

describe('in 3.0', () => {
  const text = (json: string) => stringToSign(membersOf(json), 'Key', upperCased);

  test('the whole string is in upper case, names and secret included', () => {
    expect(text('{"orderNo":"a1","useCancel":true,"reqTime":"2024-05-10 21:29:31"}')).toBe(
      'ORDERNO=A1&REQTIME=2024-05-10 21:29:31&USECANCEL=TRUE&KEY=KEY',
    );
  });

  test('names are sorted before they are converted to upper case', () => {
    expect(text('{"b":1,"C":2,"_":3}')).toBe('C=2&_=3&B=1&KEY=KEY');
  });

  test.each([
    ['100.10', '100.1'],
    ['100.00', '100'],
    ['100', '100'],
    ['0.10', '0.1'],
    ['0.0', '0'],
    ['-0.50', '-0.5'],
    ['1E+2', '100'],
    ['1.5e1', '15'],
    ['12e-3', '0.012'],
    ['1e999999999', '1e999999999'],
    ['1753370980523384832', '1753370980523384832'],
  ])('%s is signed as %s', (given, signed) => {
    expect(plainDecimal(given)).toBe(signed);
  });

  test('every decimal is signed without trailing zeros and without losing a digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 30n }), fc.nat(20), fc.nat(5), (digits, scale, zeros) => {
        const padded = String(digits).padStart(scale + 1, '0');
        const whole = padded.slice(0, padded.length - scale);
        const decimals = padded.slice(padded.length - scale);
        let expected = scale === 0 ? whole : `${whole}.${decimals}`;
        while (expected.includes('.') && /[.0]$/.test(expected)) expected = expected.slice(0, -1);
        const dotted = scale + zeros === 0 ? whole : `${whole}.${decimals}${'0'.repeat(zeros)}`;
        expect(plainDecimal(dotted)).toBe(expected);
        expect(plainDecimal(`${digits}${'0'.repeat(zeros)}e-${scale + zeros}`)).toBe(expected);
      }),
    );
  });

  test('every body is signed by the rule, from the bytes on the wire', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(words, value), { selector: ([name]) => name }), (entries) => {
        const json = `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${stringify(each)}`).join(',')}}`;
        const expected = naive(new Map(entries)).toUpperCase();
        expect(stringToSign(membersOf(json), '秘密"', upperCased)).toBe(expected);
      }),
    );
  });
});

describe('SM3', () => {
  test('matches the published standard', () => {
    const sm3 = (text: string) => createHash('sm3').update(text).digest('hex');
    expect(sm3('abc')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    const signed = sign({ a: '1' }, { signType: 'SM3', signSecret: '123456' });
    expect(signed).toBe(sm3('a=1&key=123456'));
    expect(isSigned({ a: '1', sign: signed.toUpperCase() }, { ...settings, signType: 'SM3' })).toBe(true);
  });

  test('is reported at start if it is missing', () => {
    expect(signTypeProblem('SM3')).toBeNull();
    expect(signTypeProblem('SM3', ['md5', 'sha256'])).toMatch(/SM3/);
    expect(signTypeProblem('MD5', [])).toBeNull();
  });
});
