import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { dataIsSigned, hmac, NOW_S, openApi, signed } from '../support.ts';

const close = '/unipay/close';

describe('an unreadable request is answered with 20051 in the envelope, without data', () => {
  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['HTML', '<html></html>'],
    ['an array', '[]'],
    ['half an object', '{"orderNo":"A1"'],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['64 KiB and more', `{"reqTime":${NOW_S},"a":"${'x'.repeat(65_536)}"}`],
    ['no reqTime', '{"orderNo":"A1"}'],
    ['reqTime null', '{"orderNo":"A1","reqTime":null}'],
  ])('%s', async (_name, body) => {
    const api = openApi();
    const reply = await api.post(close, body);
    expect(reply.status).toBe(200);
    expect(reply.contentType).toBe('application/json');
    expect(reply.json).toEqual({
      code: 20051,
      msg: expect.stringMatching(/^参数错误: ./),
      traceId: 'JQWKpAeCJGlX',
    });
    expect(api.closes).toEqual([]);
  });

  test('a megabyte: the sender receives the answer', async () => {
    const api = openApi();
    const { port } = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
    const body = JSON.stringify({ orderNo: 'x'.repeat(1024 * 1024) });
    const head = `POST ${close} HTTP/1.1\r\nHost: pay\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    for (const bytes of [
      `${head}Content-Length: ${body.length}\r\n\r\n${body}`,
      `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ]) {
      const text = await exchange(Number(port), bytes);
      expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/);
      expect(text).toMatch(/\{"code":20051,"msg":"[^"]*65536[^"]*","traceId":"\w{12}"\}/);
    }
    expect(api.closes).toEqual([]);
  });
});

describe('an invalid request is answered in data, signed, and changes nothing', () => {
  const sign = hmac(`orderNo=A1&reqTime=${NOW_S}`);
  const stale = NOW_S - 301;
  test.each<[string, Record<string, unknown>, number, RegExp]>([
    ['unsigned', { orderNo: 'A1', reqTime: NOW_S }, 20052, /^未通过签名验证$/],
    ['sign null', { orderNo: 'A1', reqTime: NOW_S, sign: null }, 20052, /./],
    [
      'signed by another secret',
      { orderNo: 'A1', reqTime: NOW_S, sign: sign.replace(/^./, 'z') },
      20052,
      /./,
    ],
    ['a member changed', { orderNo: 'A2', reqTime: NOW_S, sign }, 20052, /./],
    ['a member added', { orderNo: 'A1', reqTime: NOW_S, useCancel: true, sign }, 20052, /./],
    ['unsigned and stale: the signature is checked first', { orderNo: 'A1', reqTime: stale }, 20052, /./],
    ['stale', signed({ orderNo: 'A1', reqTime: stale }), 20051, /reqTime/],
    ['from the future', signed({ orderNo: 'A1', reqTime: NOW_S + 301 }), 20051, /reqTime/],
    ['in milliseconds', signed({ orderNo: 'A1', reqTime: NOW_S * 1000 }), 20051, /reqTime/],
    ['not a time', signed({ orderNo: 'A1', reqTime: 'now' }), 20051, /reqTime/],
    ['no number', signed({}), 20051, /orderNo/],
    ['empty numbers', signed({ orderNo: '', bizTradeNo: '' }), 20051, /orderNo/],
    ['a number too long', signed({ orderNo: 'A'.repeat(33) }), 20051, /orderNo/],
    ['a number in Chinese', signed({ orderNo: '订单' }), 20051, /orderNo/],
    ['a merchant number too long', signed({ bizTradeNo: 'A'.repeat(101) }), 20051, /bizTradeNo/],
    ['no address', signed({ orderNo: 'A1', clientIp: 'localhost' }), 20051, /clientIp/],
  ])('%s', async (_name, body, code, message) => {
    const api = openApi();
    const reply = await api.post(close, JSON.stringify(body));
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ code: 0, msg: 'success', data: { code } });
    expect(reply.json.data?.msg).toMatch(message);
    expect(dataIsSigned(reply.json)).toBe(true);
    expect(api.closes).toEqual([]);
  });

  test('an order number that is an object, or has half a surrogate pair', async () => {
    const api = openApi({ settings: { signRequired: false } });
    for (const number of ['{"a":1}', '["A1"]', '"\\ud83c"']) {
      const { json } = await api.post(close, `{"reqTime":${NOW_S},"bizTradeNo":${number}}`);
      expect(json.data).toMatchObject({ code: 20051, msg: expect.stringContaining('bizTradeNo') });
    }
    expect(api.closes).toEqual([]);
  });
});

describe('settings', () => {
  test('unsigned requests are accepted if signatures are optional; invalid signatures never are', async () => {
    const api = openApi({ settings: { signRequired: false } });
    const post = (body: object) =>
      api.post(close, JSON.stringify({ orderNo: 'A1', reqTime: NOW_S, ...body }));
    expect((await post({})).json.data?.code).toBe(0);
    expect((await post({ sign: '' })).json.data?.code).toBe(0);
    expect((await post({ sign: 'ab' })).json.data?.code).toBe(20052);
    expect(api.closes).toHaveLength(2);
  });

  test('any reqTime is accepted if the tolerance is 0', async () => {
    const api = openApi({ settings: { reqTimeToleranceS: 0 } });
    expect((await api.call(close, { orderNo: 'A1', reqTime: 1 })).json.data?.code).toBe(0);
  });

  test('the content type does not matter', async () => {
    const api = openApi();
    const body = JSON.stringify(signed({ orderNo: 'A1' }));
    for (const type of [
      'text/plain',
      'application/json;charset=GBK',
      'application/x-www-form-urlencoded',
      ';;',
      '',
    ]) {
      expect((await api.post(close, body, { 'content-type': type })).json.data?.code).toBe(0);
    }
  });
});

/** Sends bytes on a new connection and reads until the server closes it. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
