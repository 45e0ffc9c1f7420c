import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonNumber, readJson, writeJson } from '../../src/client/values/json.ts';
import { fenOfYuan, readFen, withoutTrailingZeros, yuanOfFen } from '../../src/client/values/money.ts';
import { beijingTime, readBeijingTime, readEpoch } from '../../src/client/values/times.ts';

describe('JSON', () => {
  test('is parsed without losing digits, and without changing strings', () => {
    expect(
      readJson('{"a":1753370980523384832,"b":[-1.50,1e3],"c":"1 \\"2\\" 3\\\\","d":null,"e":true}'),
    ).toEqual({
      a: '1753370980523384832',
      b: ['-1.50', '1e3'],
      c: '1 "2" 3\\',
      d: null,
      e: true,
    });
  });

  test.each(['', '<html>1</html>', '{"a":01}', '{"a":1.}', '{"a":-}', '{"a":1 2}', '{"a":"1}', '{"a":1'])(
    '%s is none',
    (text) => expect(readJson(text)).toBeUndefined(),
  );

  const MIB = 1024 * 1024;
  test.each([
    ['an unterminated string', `"${'\\"'.repeat(MIB / 2)}`],
    ['an unterminated string that ends in a backslash', '"\\'],
    ['an endless number', '1'.repeat(MIB)],
    ['zeros', '0'.repeat(MIB)],
    ['minus signs', '-'.repeat(MIB)],
    ['one level too many', `${'['.repeat(33)}${']'.repeat(33)}`],
  ])('%s is none', (_name, text) => expect(readJson(text, withoutTrailingZeros)).toBeUndefined());

  test('may have a MiB of quotes and numbers, of 64 characters and at 32 levels', () => {
    const quotes = '\\"'.repeat(MIB / 2);
    expect(readJson(`"${quotes}"`)).toBe('"'.repeat(MIB / 2));
    expect(readJson(`[${'1,'.repeat(MIB / 2)}1]`)).toHaveLength(MIB / 2 + 1);
    expect(readJson('1'.repeat(64))).toBe('1'.repeat(64));
    expect(readJson('1'.repeat(65))).toBeUndefined();
    expect(readJson(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeDefined();
  });

  test('parses what JSON.parse parses, with numbers as strings', () => {
    const asStrings = (_name: string, value: unknown) => (typeof value === 'number' ? String(value) : value);
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const json = JSON.stringify(value);
        expect(readJson(json)).toEqual(JSON.parse(JSON.stringify(value, asStrings)));
      }),
    );
  });

  test('is written with numbers of any length and without nulls', () => {
    const value = { id: new JsonNumber('1753370980523384832'), none: null, o: { a: '"', b: true, c: null } };
    expect(writeJson(value)).toBe('{"id":1753370980523384832,"o":{"a":"\\"","b":true}}');
  });
});

describe('money', () => {
  test.each([
    [1, '0.01'],
    [10, '0.1'],
    [100, '1'],
    [10010, '100.1'],
    [1999, '19.99'],
    [Number.MAX_SAFE_INTEGER, '90071992547409.91'],
  ])('%d fen are %s yuan', (fen, yuan) => {
    expect(yuanOfFen(fen)).toBe(yuan);
    expect(fenOfYuan(yuan)).toBe(fen);
  });

  test('survives a round trip through yuan', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (fen) => fenOfYuan(yuanOfFen(fen)) === fen));
  });

  test.each(['', '-1', '1.001', '1e2', '.5', '1.', '90071992547409.92', '١'])(
    '%s is not an amount',
    (yuan) => {
      expect(fenOfYuan(yuan)).toBeNull();
    },
  );

  test('may have trailing zeros', () => {
    expect(fenOfYuan('100.1000')).toBe(10010);
    expect(['100.10', '100.00', '100', '1e3', '0.0'].map(withoutTrailingZeros)).toEqual([
      '100.1',
      '100',
      '100',
      '1e3',
      '0',
    ]);
  });

  test('may have a MiB of zeros in the middle', () => {
    const long = `0.${'0'.repeat(1024 * 1024)}1`;
    expect(withoutTrailingZeros(long)).toBe(long);
    expect(withoutTrailingZeros(`${long}00`)).toBe(long);
    expect(fenOfYuan(long)).toBeNull();
  });

  test('is accepted in fen only if it is whole and exact', () => {
    expect(['0', '100', '1.0', '-1', '9007199254740993'].map(readFen)).toEqual([0, 100, null, null, null]);
  });
});

describe('times', () => {
  const at = new Date('2023-11-14T23:13:20Z');

  test('are in Beijing time, whatever this machine’s time zone', () => {
    expect(beijingTime(at)).toBe('2023-11-15 07:13:20');
    expect(readBeijingTime('2023-11-15 07:13:20')).toEqual(at);
  });

  test.each(['', '2023-11-15', '2023-13-15 07:13:20', '2023-11-15T07:13:20', '1700003600'])(
    '%s is none of Beijing',
    (text) => expect(readBeijingTime(text)).toBeNull(),
  );

  test('are seconds or milliseconds, depending on their length', () => {
    expect(readEpoch('1700003600')).toEqual(at);
    expect(readEpoch('1700003600000')).toEqual(at);
    expect(readEpoch('170000360000')).toBeNull();
  });
});

test('the client imports nothing but Node and itself', () => {
  const folder = new URL('../../src/client/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const imported = files.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/ from '([^']+)'/g)].map(
      ([, from = '']) => new URL(from, new URL(name, folder)).href,
    ),
  );
  expect(imported.length).toBeGreaterThan(20);
  expect(imported.filter((href) => !href.startsWith('node:') && !href.startsWith(folder.href))).toEqual([]);
});
