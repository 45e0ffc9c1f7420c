import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { resolveAnywhere } from '../../src/notice/resolve-host.ts';
import { createNoticeSender } from '../../src/notice/send-notice.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { selfSignedCertificate } from '../../src/sandbox/simulator/format/certificate.ts';
import { type Merchant, openMerchant } from './merchant.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await openMerchant();
});
afterAll(() => merchant.end());

/** Longer than any machine takes, and any resolver that waits for its name servers. */
const patient = createNoticeSender(resolveAnywhere, 120_000);
/** For answers that never end; `unended` must have begun by then. */
const hasty = createNoticeSender(resolveAnywhere, 2_000);
const send = (path: string, sender = patient) =>
  sender({ url: `${merchant.url}/${path}`, eventId: 'e', attempt: 1, body: '{}' });

describe('an answer that is not SUCCESS is a failure:', () => {
  test.each<[string, Parameters<Merchant['answers']>[1], object]>([
    [
      '500',
      (response) => response.writeHead(500).end('SUCCESS'),
      { outcome: 'wrong_status', httpStatus: 500 },
    ],
    [
      'redirect',
      (response) => response.writeHead(302, { location: `${merchant.url}/elsewhere` }).end('SUCCESS'),
      { outcome: 'wrong_status', httpStatus: 302 },
    ],
    ['almost', (response) => response.end('success!'), { outcome: 'wrong_answer', answer: 'success!' }],
    ['nothing', (response) => response.end(), { outcome: 'wrong_answer', httpStatus: 200, answer: '' }],
    [
      'page',
      (response) => response.end('<html>\r\n\u0000\u001b[31mno</html>'),
      { outcome: 'wrong_answer', answer: '<html> [31mno</html>' },
    ],
    [
      'endless',
      (response) => {
        const pour = () => {
          while (!response.destroyed && response.write('SUCCESS '.repeat(1_000)));
        };
        response.on('drain', pour);
        pour();
      },
      { outcome: 'wrong_answer', httpStatus: 200 },
    ],
    ['reset', (response) => response.destroy(), { outcome: 'unreachable', httpStatus: null }],
    ['silence', () => {}, { outcome: 'timeout', httpStatus: null }],
    ['unended', (response) => void response.write('SUCCESS'), { outcome: 'timeout', httpStatus: 200 }],
  ])('%s', async (name, answer, expected) => {
    merchant.answers(`/${name}`, answer);
    const neverEnds = 'outcome' in expected && expected.outcome === 'timeout';
    expect(await send(name, neverEnds ? hasty : patient)).toMatchObject(expected);
    expect(merchant.at('/elsewhere')).toEqual([]);
  });
});

test.each(['SUCCESS', ' success\r\n', 'Success'])('%j is success', async (text) => {
  merchant.answers('/success', (response) => response.end(text));
  expect(await send('success')).toEqual({ outcome: 'delivered', httpStatus: 200, answer: text.trim() });
});

describe('only the body says SUCCESS, as merchants’ servers send it:', () => {
  test.each([
    ['201', 201, {}, Buffer.from('SUCCESS')],
    ['202', 202, {}, Buffer.from('success')],
    ['a JSON string', 200, { 'content-type': 'application/json' }, Buffer.from('"SUCCESS"')],
    ['in single quotes', 200, {}, Buffer.from("'SUCCESS'\n")],
    ['gzipped', 200, { 'content-encoding': 'gzip' }, gzipSync('SUCCESS')],
    ['deflated', 200, { 'content-encoding': 'deflate' }, deflateSync('SUCCESS')],
    ['by brotli', 200, { 'content-encoding': 'br' }, brotliCompressSync('SUCCESS')],
    ['in GBK', 200, { 'content-type': 'text/plain; charset=GBK' }, Buffer.from('SUCCESS')],
    ['in UTF-16', 200, { 'content-type': 'text/plain; charset=utf-16le' }, Buffer.from('SUCCESS', 'utf16le')],
    ['with a byte order mark', 200, {}, Buffer.from('\uFEFFSUCCESS')],
  ])('%s', async (name, status, headers, body) => {
    const path = `/as-they-are-${encodeURIComponent(name)}`;
    merchant.answers(path, (response) => response.writeHead(status, headers).end(body));
    expect(await send(path.slice(1))).toMatchObject({ outcome: 'delivered', httpStatus: status });
  });

  test.each([
    ['a bomb', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(50_000_000, 'S'))],
    ['what is not packed as it says', { 'content-encoding': 'gzip' }, Buffer.from('SUCCESS')],
    ['an unknown packing', { 'content-encoding': 'rar' }, Buffer.from('SUCCESS')],
    ['quoted otherwise', {}, Buffer.from('"SUCCESS')],
  ])('and %s does not', async (name, headers, body) => {
    const path = `/not-${encodeURIComponent(name)}`;
    merchant.answers(path, (response) => response.writeHead(200, headers).end(body));
    expect(await send(path.slice(1))).toMatchObject({ outcome: 'wrong_answer', httpStatus: 200 });
  });
});

describe('the reasons why a server was not reached are distinguished:', () => {
  const to = (url: string) => patient({ url, eventId: 'e', attempt: 1, body: '{}' });

  test('a certificate that cannot be verified', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const cert = selfSignedCertificate({
      commonName: 'shop',
      serialNo: '01',
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
      privateKey,
    });
    const key = privateKey.export({ type: 'pkcs1', format: 'pem' });
    const server = createServer({ key, cert }, (_request, response) => response.end('SUCCESS'));
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const sent = await to(`https://127.0.0.1:${port}/`);
    expect(sent).toMatchObject({ outcome: 'bad_certificate', httpStatus: null });
    expect(sent.answer).toMatch(/CERT/);
  });

  test('nothing that listens', async () => {
    expect(await to(`http://127.0.0.1:${await freePort()}/`)).toEqual({
      outcome: 'not_listening',
      httpStatus: null,
      answer: 'ECONNREFUSED',
    });
  });

  test('a name without an address', async () => {
    expect(await to('http://no-such-host.invalid/')).toMatchObject({ outcome: 'unknown_host' });
  });
});
