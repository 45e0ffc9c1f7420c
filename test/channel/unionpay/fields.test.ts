import { describe, expect, test } from 'vitest';
import { parseAnswer, parseForm } from '../../../src/channel/built-in/unionpay/fields.ts';

describe('an answer’s fields', () => {
  test.each([
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=&b==2=', { a: '', b: '=2=' }],
    ['a={x=1&y=2}&b=3', { a: '{x=1&y=2}', b: '3' }],
    [
      'cert=-----BEGIN-----\r\nAA+/==\r\n-----END-----&b=1',
      { cert: '-----BEGIN-----\r\nAA+/==\r\n-----END-----', b: '1' },
    ],
    ['respMsg=成功[0000000]', { respMsg: '成功[0000000]' }],
  ])('%j', (text, fields) => {
    expect(parseAnswer(text)).toEqual(fields);
  });

  test.each(['', 'text', '{}', '<html>', 'a=1&', '=1', 'a=1&a=2', 'a=1&b', 'a={x=1', '__proto__'])(
    '%j has none that can be trusted',
    (text) => {
      expect(parseAnswer(text)).toBeNull();
    },
  );
});

describe('a form’s fields', () => {
  test('are decoded', () => {
    expect(parseForm('a=%2B%3D&respMsg=%E6%88%90%E5%8A%9F')).toEqual({ a: '+=', respMsg: '成功' });
  });
  test('with a repeated field are not trusted', () => {
    expect(parseForm('a=1&a=1')).toBeNull();
  });
});
