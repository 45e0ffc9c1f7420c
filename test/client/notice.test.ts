import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AutocloseError, createClient, type GenerationName } from '../../src/client/client.ts';
import { SECRET } from './gateway.ts';

function clientFor(generation: GenerationName) {
  return createClient({
    baseUrl: 'http://127.0.0.1',
    signSecret: SECRET,
    signType: 'HMAC_SHA256',
    generation,
  });
}

function hmac(text: string): string {
  return createHmac('sha256', SECRET).update(`${text}`).digest('hex');
}

const sentAt = new Date('2024-05-10T13:29:31Z');
const paidAt = new Date('2024-05-10T13:29:00Z');
const expected = {
  orderNo: 'A1',
  bizOrderNo: 'P0001',
  outOrderNo: '4200',
  title: '茶',
  description: null,
  channel: 'ali_pay',
  method: 'qrcode',
  amountFen: 10010,
  refundableFen: null,
  status: 'success',
  paidAt,
  expiresAt: null,
  closedAt: null,
  errorMsg: null,
  attach: '{"k":1}',
  sentAt,
};

const flat2 =
  'amount=10010&attach={k:1}&bizOrderNo=P0001&channel=ali_pay&code=0&method=qrcode&orderNo=A1&outOrderNo=4200' +
  '&payTime=1715347740&resTime=1715347771&status=success&title=茶&key=123456';
const notice2 = `{"orderNo":"A1","bizOrderNo":"P0001","outOrderNo":"4200","title":"茶","description":null,
  "channel":"ali_pay","method":"qrcode","amount":10010,"status":"success","payTime":1715347740,"closeTime":null,
  "attach":"{\\"k\\":1}","code":0,"resTime":1715347771,"sign":"${hmac(flat2)}"}`;

const flat3 = flat2
  .replace('10010', '100.1')
  .replace('1715347740', '2024-05-10 21:29:00')
  .replace('1715347771', '2024-05-10 21:29:31');
const notice3 = notice2
  .replace('10010', '100.10')
  .replace('1715347740', '"2024-05-10 21:29:00"')
  .replace('1715347771', '"2024-05-10 21:29:31"')
  .replace(hmac(flat2), hmac(flat3.toUpperCase()));

const data3 =
  '{"orderNo":"A1","bizOrderNo":"P0001","outOrderNo":"4200","title":"茶","channel":"ali_pay","method":"qrcode",' +
  '"amount":100.1,"status":"success","payTime":"2024-05-10 21:29:00","attach":"{\\"k\\":1}"}';
const nested3 = `{"code":0,"msg":"success","data":${data3},"resTime":"2024-05-10 21:29:31","traceId":"T","sign":"${hmac(
  `code=0&data=${data3.replace(/["\\]/g, '')}&msg=success&resTime=2024-05-10 21:29:31&traceId=T&key=123456`.toUpperCase(),
)}"}`;

describe('a notice', () => {
  test.each<[GenerationName, string, string]>([
    ['2.0.6', 'flat', notice2],
    ['2.0.8', 'flat', notice2],
    ['3.0', 'flat', notice3],
    ['3.0', 'with data', nested3],
  ])('of %s, %s', (generation, _form, body) => {
    const client = clientFor(generation);
    expect(client.verifyNotice(body)).toEqual(expected);
    expect(client.verifyNotice(Buffer.from(body))).toEqual(expected);
  });

  test("of 2.0.5 has that generation's names, and a 64-bit number", () => {
    const sign = hmac(
      'amount=1&asyncChannel=wechat_pay&businessNo=B1&paymentId=1753370980523384832&status=close&key=123456',
    );
    const body = `{"paymentId":1753370980523384832,"businessNo":"B1","asyncChannel":"wechat_pay","amount":1,"status":"close","sign":"${sign}"}`;
    expect(clientFor('2.0.5').verifyNotice(body)).toMatchObject({
      orderNo: '1753370980523384832',
      bizOrderNo: 'B1',
      channel: 'wechat_pay',
      amountFen: 1,
      status: 'close',
    });
  });

  test.each<[string, string, string]>([
    ['another amount', notice2.replace('10010', '10011'), 'signature'],
    ['another member', notice2.replace('{', '{"extra":1,'), 'signature'],
    ['no signature', '{"orderNo":"A1","amount":1,"status":"success"}', 'signature'],
    [
      'the signature of another type',
      notice2.replace(hmac(flat2), createHash('md5').update(flat2).digest('hex')),
      'signature',
    ],
    ['not JSON', 'orderNo=A1', 'protocol'],
    ['an array', '[]', 'protocol'],
    ['no order', `{"code":0,"sign":"${hmac('code=0&key=123456')}"}`, 'protocol'],
  ])('is rejected with %s', (_name, body, kind) => {
    expect(() => clientFor('2.0.8').verifyNotice(body)).toThrow(AutocloseError);
    expect(() => clientFor('2.0.8').verifyNotice(body)).toThrow(expect.objectContaining({ kind }));
  });

  test('is accepted up to 64 KiB, in bytes', () => {
    const client = clientFor('2.0.8');
    const longest = notice2 + ' '.repeat(64 * 1024 - Buffer.byteLength(notice2));
    expect(client.verifyNotice(longest)).toEqual(expected);
    for (const body of [`${longest} `, Buffer.from(`${longest} `)]) {
      expect(() => client.verifyNotice(body)).toThrow(expect.objectContaining({ kind: 'protocol' }));
    }
  });

  test.each([
    ['a number of 65 characters', `{"a":${'1'.repeat(65)},"sign":"00"}`],
    ['20,000 levels', `{"a":${'['.repeat(20_000)}1${']'.repeat(20_000)},"sign":"00"}`],
  ])('is rejected with %s before its signature is verified', (_name, body) => {
    for (const generation of ['2.0.8', '3.0'] as const)
      expect(() => clientFor(generation).verifyNotice(body)).toThrow(
        expect.objectContaining({ kind: 'protocol' }),
      );
  });

  test('is rejected if it is not UTF-8', () => {
    expect(() => clientFor('2.0.8').verifyNotice(Buffer.from([0xff]))).toThrow(AutocloseError);
  });
});
