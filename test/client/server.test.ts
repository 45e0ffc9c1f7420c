import { describe, expect, test } from 'vitest';
import {
  type Client,
  type ClientOptions,
  createClient,
  type GenerationName,
  type SignType,
} from '../../src/client/client.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { type Api, openApi, order, SECRET } from '../http/support.ts';

/** The client and our server, two implementations of the protocol, on a real port. */
async function connect(
  generation: GenerationName,
  options: Parameters<typeof openApi>[0] = {},
  clientOptions: Partial<ClientOptions> = {},
): Promise<{ api: Api; client: Client }> {
  const api = openApi({ now: () => new Date(), ...options });
  const baseUrl = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const signType = options.settings?.signType ?? 'HMAC_SHA256';
  const merchant = { mchNo: 'M1', appId: 'A1' };
  const client = createClient({
    baseUrl,
    signSecret: SECRET,
    signType,
    generation,
    ...merchant,
    ...clientOptions,
  });
  return { api, client };
}

const generations: GenerationName[] = ['2.0.5', '2.0.6', '2.0.8', '3.0'];
const withCancel: GenerationName[] = ['2.0.8', '3.0'];
const signatures: [GenerationName, SignType][] = generations.flatMap((generation) =>
  (generation === '3.0' ? (['MD5', 'HMAC_SHA256', 'SM3'] as const) : (['MD5', 'HMAC_SHA256'] as const)).map(
    (signType): [GenerationName, SignType] => [generation, signType],
  ),
);

const request = {
  bizOrderNo: 'P0001',
  title: '一杯茶 🍵 "热"',
  channel: 'wechat_pay',
  method: 'jsapi',
  amountFen: 10029,
  openId: 'o"1\\',
  description: 'line\nbreak',
  expiresAt: new Date('2030-01-01T00:00:00Z'),
  attach: '{"a":1}',
  notifyUrl: 'https://shop.example/notify',
} as const;

describe.each(generations)('DaxPay %s', (generation) => {
  /** The order's number in this generation. */
  const orderNo = generation === '2.0.5' ? order.id : order.orderNo;

  test('creates an order, exact to the fen and second', async () => {
    const { api, client } = await connect(generation);
    expect(await client.create(request)).toEqual({
      ok: true,
      orderNo,
      bizOrderNo: 'P0001',
      status: 'progress',
      payBody: order.payBody,
    });
    const { openId, expiresAt, ...rest } = request;
    expect(api.creates).toEqual([expect.objectContaining({ ...rest, openId, expiresAt })]);
  });

  test('creates an order with only the required fields', async () => {
    const { api, client } = await connect(generation);
    const { bizOrderNo, title, channel } = request;
    const smallest = { bizOrderNo, title, channel, method: 'qrcode', amountFen: 1 } as const;
    expect(await client.create(smallest)).toMatchObject({ ok: true });
    expect(api.creates).toEqual([
      expect.objectContaining({ ...smallest, expiresAt: null, attach: null, notNotify: false }),
    ]);
  });

  test('disables the notice', async () => {
    const { api, client } = await connect(generation);
    expect(await client.create({ ...request, notNotify: true })).toMatchObject({ ok: true });
    const [created] = api.creates;
    expect(created?.notNotify === true || created?.notifyUrl === null).toBe(true);
  });

  test('closes by either number, with 64-bit numbers digit for digit', async () => {
    const { api, client } = await connect(generation);
    expect(await client.close({ bizOrderNo: 'P0001', clientIp: '10.0.0.9' })).toEqual({ ok: true });
    expect(await client.close({ orderNo: order.id })).toEqual({ ok: true });
    expect(api.closes.map(({ numbers, trigger }) => [numbers, trigger.clientIp])).toEqual([
      [{ orderNo: null, bizOrderNo: 'P0001' }, '10.0.0.9'],
      [{ orderNo: '1753370980523384832', bizOrderNo: null }, '127.0.0.1'],
    ]);
    expect(api.cancels).toEqual([]);
  });

  test('receives the reason why an order was not closed', async () => {
    const { client } = await connect(generation, { closing: async () => ({ kind: 'not_found' }) });
    expect(await client.close({ bizOrderNo: 'P0001' })).toEqual({
      ok: false,
      code: 20041,
      message: '支付订单不存在',
    });
  });

  test('receives the refusal of its order', async () => {
    const { client } = await connect(generation, { creating: async () => ({ kind: 'channel_not_enabled' }) });
    expect(await client.create(request)).toMatchObject({ ok: false, code: 20021 });
  });

  test('queries a paid order', async () => {
    const paidAt = new Date('2024-05-10T13:20:00Z');
    const paid: PaymentOrder = {
      ...order,
      status: 'success',
      amountFen: 10029,
      paidAt,
      channelTradeNo: '4200001',
      title: 'tea \u2028 "x" \\ \n 🍵',
    };
    const { client } = await connect(generation, { finding: async () => paid });
    expect(await client.query({ bizOrderNo: 'P0001' })).toEqual({
      ok: true,
      orderNo,
      bizOrderNo: 'P0001',
      outOrderNo: '4200001',
      title: paid.title,
      description: null,
      channel: 'wechat_pay',
      method: 'qrcode',
      amountFen: 10029,
      refundableFen: 10029,
      status: 'success',
      paidAt,
      expiresAt: order.expiresAt,
      closedAt: null,
      errorMsg: null,
    });
  });

  test('queries an unknown order', async () => {
    const { client } = await connect(generation, { finding: async () => null });
    expect(await client.query({ bizOrderNo: 'P0001' })).toMatchObject({ ok: false, code: 20041 });
  });

  test.each([
    ['pay_success', 'success'],
    ['pay_closed', 'close'],
    ['pay_not_found_unknown', 'not_found_unknown'],
  ] as const)('syncs: %s', async (channelStatus, status) => {
    const { client } = await connect(generation, {
      syncing: async () => ({ kind: 'synced', channelStatus, order, repaired: true }),
    });
    expect(await client.sync({ bizOrderNo: 'P0001' })).toEqual({ ok: true, status });
  });

  test("is refused with another's secret", async () => {
    const { api, client } = await connect(generation, { settings: { signSecret: 'another' } });
    const answered = client.close({ bizOrderNo: 'P0001' });
    // A failure of 2.0.5 is not signed; the others' answers are signed with a secret that is not ours.
    if (generation === '2.0.5') expect(await answered).toMatchObject({ ok: false, code: 20052 });
    else await expect(answered).rejects.toMatchObject({ kind: 'signature' });
    expect(api.closes).toEqual([]);
  });
});

describe.each(withCancel)('DaxPay %s', (generation) => {
  test('cancels an order, and receives the reason if it cannot be cancelled', async () => {
    const { api, client } = await connect(generation);
    expect(await client.cancel({ bizOrderNo: 'P0001' })).toEqual({ ok: true });
    expect(api.cancels).toHaveLength(1);
    expect(api.closes).toEqual([]);
    const refused = await connect(generation, { cancelling: async () => ({ kind: 'not_found' }) });
    expect(await refused.client.cancel({ bizOrderNo: 'P0001' })).toMatchObject({ ok: false, code: 20041 });
  });
});

test.each(signatures)('%s signs with %s', async (generation, signType) => {
  const { client } = await connect(generation, { settings: { signType } });
  expect(await client.create(request)).toMatchObject({ ok: true });
  expect(await client.query({ bizOrderNo: 'P0001' })).toMatchObject({ ok: true, amountFen: 100 });
});

test('works below a path', async () => {
  const { client } = await connect('2.0.8', {}, { baseUrl: 'http://127.0.0.1:9/pay/', fetch: echoUrl });
  await expect(client.close({ orderNo: 'A1' })).rejects.toMatchObject({
    cause: new Error('http://127.0.0.1:9/pay/unipay/close'),
  });
});

function echoUrl(url: string | URL | Request): Promise<Response> {
  return Promise.reject(new Error(String(url)));
}
