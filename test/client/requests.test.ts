import { expect, test } from 'vitest';
import type { Client, GenerationName } from '../../src/client/client.ts';
import { clientAnswered, type SentRequest } from './gateway.ts';

type Row = [name: string, path: string, members: string];

/** The bytes on the wire, without time, nonce and signature. */
const table: Record<GenerationName, Row[]> = {
  '2.0.5': [
    [
      'create',
      '/unipay/simplePay',
      '"businessNo":"P1","title":"tea","channel":"ali_pay","amount":10010,"expiredTime":1700003600,' +
        '"payWay":"barcode","notNotify":false,"channelParam":{"authCode":"28"},"allocation":false',
    ],
    ['close', '/unipay/close', '"paymentId":1753370980523384832,"businessNo":"P1","notNotify":false'],
    ['query', '/uni/query/payOrder', '"paymentId":1753370980523384832,"businessNo":"P1"'],
    ['sync', '/unipay/syncPay', '"paymentId":1753370980523384832,"businessNo":"P1"'],
  ],
  '2.0.6': [
    [
      'create',
      '/unipay/pay',
      '"bizOrderNo":"P1","title":"tea","channel":"ali_pay","amount":10010,"expiredTime":1700003600,' +
        '"method":"barcode","extraParam":{"authCode":"28"}',
    ],
    ['close', '/unipay/close', '"orderNo":"1753370980523384832","bizTradeNo":"P1"'],
    ['query', '/uni/query/payOrder', '"orderNo":"1753370980523384832","bizOrderNoeNo":"P1"'],
    ['sync', '/unipay/syncPay', '"orderNo":"1753370980523384832","bizOrderNo":"P1"'],
  ],
  '2.0.8': [
    [
      'create',
      '/unipay/pay',
      '"bizOrderNo":"P1","title":"tea","channel":"ali_pay","amount":10010,"expiredTime":1700003600,' +
        '"method":"barcode","extraParam":{"authCode":"28"}',
    ],
    ['close', '/unipay/close', '"orderNo":"1753370980523384832","bizOrderNo":"P1"'],
    ['cancel', '/unipay/cancel', '"orderNo":"1753370980523384832","bizOrderNo":"P1"'],
    ['query', '/unipay/query/payOrder', '"orderNo":"1753370980523384832","bizOrderNoeNo":"P1"'],
    ['sync', '/unipay/sync/pay', '"orderNo":"1753370980523384832","bizOrderNo":"P1"'],
  ],
  '3.0': [
    [
      'create',
      '/unipay/pay',
      '"bizOrderNo":"P1","title":"tea","channel":"ali_pay","amount":100.1,' +
        '"expiredTime":"2023-11-15 07:13:20","method":"barcode",' +
        '"extraParam":"{\\"authCode\\":\\"28\\"}","mchNo":"M1","appId":"A1"',
    ],
    ['close', '/unipay/close', '"orderNo":"1753370980523384832","bizOrderNo":"P1","mchNo":"M1","appId":"A1"'],
    [
      'cancel',
      '/unipay/close',
      '"orderNo":"1753370980523384832","bizOrderNo":"P1","useCancel":true,"mchNo":"M1","appId":"A1"',
    ],
    [
      'query',
      '/unipay/query/payOrder',
      '"orderNo":"1753370980523384832","bizOrderNo":"P1","mchNo":"M1","appId":"A1"',
    ],
    [
      'sync',
      '/unipay/sync/order/pay',
      '"orderNo":"1753370980523384832","bizOrderNo":"P1","mchNo":"M1","appId":"A1"',
    ],
  ],
};

const rows = Object.entries(table).flatMap(([generation, of]) =>
  of.map(([name, path, members]) => [generation as GenerationName, name, path, members] as const),
);

test.each(rows)('%s %s is sent with its own names', async (generation, name, path, members) => {
  const sent = await sentBy(generation, name);
  expect(sent.path).toBe(path);
  const nonce = generation === '2.0.8' || generation === '3.0' ? '"nonceStr":"[0-9a-f]{32}",' : '';
  const time = generation === '3.0' ? '"\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"' : '\\d{10}';
  const rest = new RegExp(`^,${nonce}"reqTime":${time},"sign":"[0-9a-f]{64}"}$`);
  expect(sent.body.slice(0, members.length + 1)).toBe(`{${members}`);
  expect(sent.body.slice(members.length + 1)).toMatch(rest);
});

test.each(['2.0.8', '3.0'] as const)('%s sends a new nonce with each call', async (generation) => {
  const sent = [await sentBy(generation, 'close'), await sentBy(generation, 'close')];
  const nonces = sent.map(({ body }) => /"nonceStr":"([0-9a-f]{32})"/.exec(body)?.[1]);
  expect(nonces[0]).toBeDefined();
  expect(nonces[0]).not.toBe(nonces[1]);
});

async function sentBy(generation: GenerationName, name: string): Promise<SentRequest> {
  const { client, requests } = await clientAnswered('{}', { generation, mchNo: 'M1', appId: 'A1' });
  const order = { orderNo: '1753370980523384832', bizOrderNo: 'P1' };
  const calls: Record<string, (client: Client) => Promise<unknown>> = {
    create: () =>
      client.create({
        bizOrderNo: 'P1',
        title: 'tea',
        channel: 'ali_pay',
        method: 'barcode',
        amountFen: 10010,
        expiresAt: new Date('2023-11-14T23:13:20Z'),
        authCode: '28',
      }),
    close: () => client.close(order),
    cancel: () => client.cancel(order),
    query: () => client.query(order),
    sync: () => client.sync(order),
  };
  await expect(calls[name]?.(client)).rejects.toMatchObject({ kind: 'protocol' });
  const [request] = requests;
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}
