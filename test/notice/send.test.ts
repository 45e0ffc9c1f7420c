import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveAnywhere } from '../../src/notice/resolve-host.ts';
import { createNoticeSender } from '../../src/notice/send-notice.ts';
import { type Merchant, openMerchant } from './merchant.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await openMerchant();
});
afterAll(() => merchant.end());

/** Long enough for an answer that comes, on any machine; those that do not come take as long. */
const sendThere = createNoticeSender(resolveAnywhere, 2_000);
const send = (path: string) =>
  sendThere({ url: `${merchant.url}/${path}`, eventId: 'e', attempt: 1, body: '{}' });

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
    [
      '201',
      (response) => response.writeHead(201).end('SUCCESS'),
      { outcome: 'wrong_status', httpStatus: 201 },
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
    expect(await send(name)).toMatchObject(expected);
    expect(merchant.at('/elsewhere')).toEqual([]);
  });
});

test.each(['SUCCESS', ' success\r\n', 'Success'])('%j is success', async (text) => {
  merchant.answers('/success', (response) => response.end(text));
  expect(await send('success')).toEqual({ outcome: 'delivered', httpStatus: 200, answer: text.trim() });
});
