import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { normalizeUrl } from '../../../src/http/normalize-url.ts';
import { openApi, signed } from '../support.ts';

const body = JSON.stringify(signed({ bizOrderNo: 'P0001' }));
const request = (target: string, headers = 'Host: pay\r\n') =>
  `POST ${target} HTTP/1.1\r\n${headers}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

async function exchange(bytes: string) {
  const api = openApi();
  const { port } = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    const chunks: string[] = [];
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => chunks.push(chunk));
    socket.on('end', () => resolve(chunks.join('')));
    socket.on('error', reject);
  });
  return { text, closes: api.closes.length };
}

describe('served', () => {
  test.each([
    ['without a Host', request('/unipay/close', '')],
    ['with an expectation', request('/unipay/close', 'Host: pay\r\nExpect: a-wonder\r\n')],
    ['with two slashes', request('//unipay//close')],
    ['with a whole URL', request('http://pay.example/unipay/close')],
    ['with a path in percents', request('/%75nipay%2Fcl%6Fse')],
  ])('%s', async (_name, bytes) => {
    const { text, closes } = await exchange(bytes);
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(text).toContain('"data":{"code":0,');
    expect(closes).toBe(1);
  });
});

describe('answered 200 with a code', () => {
  test.each([
    ['a header over 16 kB', request('/unipay/close', `Host: pay\r\nX: ${'x'.repeat(17_000)}\r\n`)],
    ['not HTTP', 'hello\r\n\r\n'],
    ['no such method', 'FETCH /unipay/close HTTP/1.1\r\nHost: pay\r\n\r\n'],
    ['no such path in percents', request('/%75nipay/nothing')],
  ])('%s', async (_name, bytes) => {
    const { text, closes } = await exchange(bytes);
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(text.toLowerCase()).toContain('content-type: application/json\r\n');
    expect(text).toMatch(/\{"code":20051,"msg":"[^"]+","traceId":"JQWKpAeCJGlX"\}/);
    expect(closes).toBe(0);
  });
});

test.each([
  ['/unipay/close?a=%61//b', '/unipay/close?a=%61//b'],
  ['HTTPS://pay:443?a', '/?a'],
  ['//a%2f%2Fb', '/a/b'],
  ['/%3f%23%25%zz', '/%3f%23%25%zz'],
])('the normalized form of %s is %s', (url, plain) => expect(normalizeUrl(url)).toBe(plain));
