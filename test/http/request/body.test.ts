import { describe, expect, test } from 'vitest';
import { parseBody } from '../../../src/http/daxpay/request/body.ts';

const kindOf = (bytes: string | Buffer) => parseBody(Buffer.from(bytes)).kind;

describe('a body', () => {
  test.each(['', 'null', '[]', '"x"', '1', '{', '{"a":1}x', "{'a':1}", '<html>', '{"a":01}', '{"a":}'])(
    'that is not one JSON object is unreadable: %s',
    (text) => expect(kindOf(text)).toBe('unreadable'),
  );

  test('that is not strict UTF-8 is unreadable', () => {
    expect(kindOf(Buffer.from([...Buffer.from('{"a":"'), 0xc3, 0x28, ...Buffer.from('"}')]))).toBe(
      'unreadable',
    );
    expect(kindOf(Buffer.from('{"a":"支付"}', 'utf16le'))).toBe('unreadable');
    expect(kindOf('{"a":"支付"}')).toBe('members');
  });

  test('may nest at most 16 deep; brackets in strings do not count', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(kindOf(nested(16))).toBe('members');
    expect(kindOf(nested(17))).toBe('unreadable');
    expect(kindOf(nested(30_000))).toBe('unreadable');
    expect(kindOf(JSON.stringify({ a: '["{'.repeat(1000) }))).toBe('members');
  });

  test('that names a member twice with different values is unreadable', () => {
    expect(kindOf('{"orderNo":"A","orderNo":"B"}')).toBe('unreadable');
    expect(kindOf('{"orderNo":"A","orderNo":"A"}')).toBe('members');
  });

  test('cannot change the prototype of members', () => {
    const body = parseBody(Buffer.from('{"__proto__":{"orderNo":"A"},"constructor":null}'));
    if (body.kind === 'unreadable') throw new Error(body.message);
    expect(body.members.orderNo).toBeUndefined();
    expect(Object.keys(body.members)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).orderNo).toBeUndefined();
  });
});
