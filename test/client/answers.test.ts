import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { AutocloseError, type Client, createClient, type GenerationName } from '../../src/client/client.ts';
import { clientAnswered, clientOf, SECRET } from './gateway.ts';

function hmac(text: string, secret = SECRET): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

const signature = hmac('code=0&resTime=1715347771&key=123456');
const closed = `{"code":0,"msg":"success","data":{"code":0,"resTime":1715347771,"sign":"${signature}"},"traceId":"T"}`;

/** The client's result for an answer to a close; the kind of an error. */
async function taken(answer: string | Buffer, generation: GenerationName = '2.0.8', rest: object = {}) {
  const { client } = await clientAnswered(answer, { generation, ...rest });
  return client.close({ bizOrderNo: 'P0001' }).catch(kindOf);
}

function kindOf(error: unknown): string {
  if (error instanceof AutocloseError) return error.kind;
  throw error;
}

describe('a success', () => {
  test.each<GenerationName>(['2.0.6', '2.0.8'])('is signed data with code 0: %s', async (generation) => {
    expect(await taken(closed, generation)).toEqual({ ok: true });
  });

  test('may be gzipped and chunked', async () => {
    const client = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      const bytes = gzipSync(closed);
      response.write(bytes.subarray(0, 20));
      setImmediate(() => response.end(bytes.subarray(20)));
    });
    expect(await client.close({ bizOrderNo: 'P0001' })).toEqual({ ok: true });
  });

  test('may have unknown members, since all received members are signed', async () => {
    const sign = hmac('code=0&extra=1&resTime=1715347771&key=123456');
    const data = `{"code":0,"extra":1,"none":null,"resTime":1715347771,"sign":"${sign}"}`;
    expect(await taken(`{"code":0,"data":${data}}`)).toEqual({ ok: true });
  });

  test('of 2.0.5 has no data, and nothing to sign', async () => {
    expect(await taken('{"code":0,"msg":"success","data":null,"traceId":"T"}', '2.0.5')).toEqual({
      ok: true,
    });
  });

  test('of 3.0 is signed flat and in upper case', async () => {
    const sign = hmac('CODE=0&MSG=SUCCESS&RESTIME=2024-05-10 21:29:31&TRACEID=ABC&KEY=K', 'k');
    const answer = `{"code":0,"msg":"success","data":null,"resTime":"2024-05-10 21:29:31","traceId":"abc","sign":"${sign}"}`;
    expect(await taken(answer, '3.0', { signSecret: 'k' })).toEqual({ ok: true });
  });
});

describe('a refusal', () => {
  test('has its code and message, signed', async () => {
    const sign = hmac('code=20041&msg=支付订单不存在&resTime=1715347771&key=123456');
    const data = `{"code":20041,"msg":"支付订单不存在","resTime":1715347771,"sign":"${sign}"}`;
    expect(await taken(`{"code":0,"msg":"success","data":${data}}`)).toEqual({
      ok: false,
      code: 20041,
      message: '支付订单不存在',
    });
  });

  test('of 2.0.5 is in the envelope, unsigned', async () => {
    expect(await taken('{"code":20041,"msg":"支付订单不存在","data":null}', '2.0.5')).toEqual({
      ok: false,
      code: 20041,
      message: '支付订单不存在',
    });
  });
});

describe('is not a success:', () => {
  const flat = '{"code":0,"msg":"success","data":null,"resTime":"2024-05-10 21:29:31","traceId":"abc"}';
  test.each<[string, string | Buffer, GenerationName, string]>([
    ['a signature that is not ours', closed.replace(signature, hmac('x')), '2.0.8', 'signature'],
    ['a member changed', closed.replace('1715347771', '1715347772'), '2.0.8', 'signature'],
    ['a member added', closed.replace('"resTime"', '"status":"close","resTime"'), '2.0.6', 'signature'],
    ['data without a signature', '{"code":0,"data":{"code":0,"resTime":1715347771}}', '2.0.8', 'signature'],
    ['no data where there should be', '{"code":0,"msg":"success","data":null}', '2.0.8', 'signature'],
    [
      'an answer of 2.0.5 whose data is unsigned',
      '{"code":0,"data":{"status":"close"}}',
      '2.0.5',
      'signature',
    ],
    ['an unsigned flat answer', flat, '3.0', 'signature'],
    ['an unsigned refusal', '{"code":0,"data":{"code":20042,"msg":"closed"}}', '2.0.8', 'signature'],
    ['a call that was not understood', '{"code":20051,"msg":"no","traceId":"T"}', '2.0.8', 'protocol'],
    ['no code', closed.replace('"code":0,"msg"', '"msg"'), '2.0.8', 'protocol'],
    ['a code that is null', '{"code":null,"msg":"success","data":null}', '2.0.5', 'protocol'],
    ['no code in the data', '{"code":0,"data":{"resTime":1715347771,"sign":"00"}}', '2.0.8', 'protocol'],
    ['an HTML page', '<!doctype html><p>0 errors</p>', '2.0.5', 'protocol'],
    ['nothing', '', '2.0.5', 'protocol'],
    ['JSON that is not an object', '[]', '2.0.5', 'protocol'],
    ['half an answer', closed.slice(0, -10), '2.0.8', 'protocol'],
    ['another encoding', Buffer.from([0x7b, 0xff, 0x7d]), '2.0.8', 'protocol'],
    ['data that is not an object', '{"code":0,"data":"closed"}', '2.0.5', 'protocol'],
    ['an endless answer', `${' '.repeat(1024 * 1024)}${closed}`, '2.0.8', 'transport'],
  ])('%s', async (_name, answer, generation, kind) => {
    expect(await taken(answer, generation)).toBe(kind);
  });

  test.each([201, 204, 302, 404, 500, 503])('status %d, with any body', async (status) => {
    const headers = { location: '/elsewhere' };
    expect(await taken(status === 204 ? '' : closed, '2.0.8', { status, headers })).toBe('transport');
  });

  test('an answer after a redirect', async () => {
    const client = await clientOf((request, response) => {
      if (request.url === '/elsewhere') response.end(closed);
      else response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await expect(client.close({ bizOrderNo: 'P0001' })).rejects.toMatchObject({ kind: 'transport' });
  });

  test('an unknown status', async () => {
    const data = `{"code":0,"status":"paid","resTime":1715347771,"sign":"${hmac('code=0&resTime=1715347771&status=paid&key=123456')}"}`;
    const { client } = await clientAnswered(`{"code":0,"data":${data}}`);
    expect(await client.sync({ orderNo: 'A1' }).catch(kindOf)).toBe('protocol');
  });
});

const order = {
  bizOrderNo: 'P0001',
  title: 'tea',
  channel: 'wechat_pay',
  method: 'qrcode',
  amountFen: 100,
} as const;

describe('a gateway that', () => {
  test('does not answer times out', async () => {
    const client = await clientOf(() => {}, { timeoutMs: 20 });
    await expect(client.close({ orderNo: 'A1' })).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('stops in the middle of its answer times out', async () => {
    const client = await clientOf((_request, response) => response.writeHead(200).write('{"code":'), {
      timeoutMs: 50,
    });
    await expect(client.close({ orderNo: 'A1' })).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('disconnects is a transport error', async () => {
    const client = await clientOf((request) => request.socket.destroy());
    await expect(client.close({ orderNo: 'A1' })).rejects.toMatchObject({ kind: 'transport' });
  });

  test("takes too long for the caller ends with the caller's reason", async () => {
    const reason = new Error('the shop is closing');
    const caller = new AbortController();
    const client = await clientOf(() => caller.abort(reason));
    await expect(client.close({ orderNo: 'A1' }, { signal: caller.signal })).rejects.toBe(reason);
    await expect(client.query({ orderNo: 'A1' }, { signal: caller.signal })).rejects.toBe(reason);
  });
});

describe('an invalid argument', () => {
  const options = { baseUrl: 'http://127.0.0.1:9', signSecret: 's', signType: 'MD5' } as const;
  const never = () => Promise.reject(new Error('must not be called'));
  const calls: [string, (client: Client) => Promise<unknown>][] = [
    ['no number', (client) => client.close({})],
    ['a fraction of a fen', (client) => client.create({ ...order, amountFen: 1.5 })],
    ['nothing to pay', (client) => client.create({ ...order, amountFen: 0 })],
    ['an invalid time', (client) => client.create({ ...order, expiresAt: new Date(Number.NaN) })],
  ];
  test.each(calls)('%s', async (_name, call) => {
    await expect(call(createClient({ ...options, fetch: never }))).rejects.toThrow(TypeError);
  });

  test("letters in 2.0.5's order number", async () => {
    const client = createClient({ ...options, generation: '2.0.5', fetch: never });
    await expect(client.query({ orderNo: 'AC2024' })).rejects.toThrow(TypeError);
  });

  test.each([
    [{ signType: 'SM3' }, /signType/],
    [{ signSecret: '' }, /signSecret/],
    [{ baseUrl: 'ftp://example.com' }, /baseUrl/],
    [{ baseUrl: 'example.com' }, /URL/],
  ] as const)('%j', (wrong, message) => {
    expect(() => createClient({ ...options, ...wrong })).toThrow(message);
  });

  test('a cancel in a generation without cancel is refused and not sent', async () => {
    const client = createClient({ ...options, generation: '2.0.6', fetch: never });
    expect(await client.cancel({ orderNo: 'A1' })).toEqual({
      ok: false,
      code: 20082,
      message: '不支持的操作',
    });
  });
});
