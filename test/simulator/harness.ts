import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { AlipaySdk } from 'alipay-sdk';
import { Wechatpay } from 'wechatpay-axios-plugin';
import type { Simulator, SimulatorOptions } from '../../src/sandbox/simulator/simulator.ts';
import type { SimulatorEnvironment } from '../../src/sandbox/simulator/simulators.ts';
import type { WechatKind } from '../../src/sandbox/simulator/wechat/kinds.ts';
import { startTestSimulator } from '../support/simulator.ts';

// alipay-sdk writes gateway.do timestamps in the process's time zone; Alipay reads them as Beijing time.
process.env.TZ = 'Asia/Shanghai';

export interface Received {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A merchant's notification endpoint that records what it receives. */
export interface Merchant {
  url: string;
  received: Received[];
  /** Sets the answer to further notifications. */
  answer: { status: number; body: string };
  close(): Promise<void>;
}

export async function openMerchant(): Promise<Merchant> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    merchant.received.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(merchant.answer.status).end(merchant.answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const merchant: Merchant = {
    url: `http://127.0.0.1:${address.port}/notify`,
    received: [],
    answer: { status: 200, body: 'success' },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return merchant;
}

/** A simulator, and both unmodified SDKs configured for it. */
export interface Harness {
  simulator: Simulator;
  control: Simulator['control'];
  wechat: WechatClient;
  alipay: AlipaySdk;
  /** An order number that no other test uses. */
  newOrderNo(): string;
  /** Creates a native order at WeChat and returns its number. */
  wechatOrder(more?: object): Promise<string>;
  /** Creates a scanned-code intent at Alipay and returns its number. */
  alipayOrder(more?: object): Promise<string>;
  close(): Promise<void>;
}

export interface WechatReply {
  status: number;
  data: Record<string, unknown>;
  headers: Record<string, string>;
}

export interface WechatClient {
  create(body: object, kind?: WechatKind): Promise<WechatReply>;
  query(orderNo: string, more?: object): Promise<WechatReply>;
  close(orderNo: string, more?: object): Promise<WechatReply>;
  reverse(orderNo: string): Promise<WechatReply>;
  refund(body: object): Promise<WechatReply>;
  refundQuery(refundNo: string): Promise<WechatReply>;
  certificates(): Promise<WechatReply>;
  /** The request of a native order; other kinds need more. */
  native(orderNo: string, more?: object): object;
  /** The request of a code payment. */
  codePay(orderNo: string, more?: object): object;
}

/** Longer than any answer takes; tests detect a missing answer by events, not by this. */
const PATIENCE_MS = 60_000;

export async function openHarness(options: SimulatorOptions = {}): Promise<Harness> {
  const simulator = await startTestSimulator(options);
  const wechat = wechatClient(simulator.env);
  const alipay = alipayClient(simulator.env);
  let count = 0;
  const newOrderNo = () => {
    count += 1;
    return `SIM|TEST*ORDER-_${count}`;
  };
  return {
    simulator,
    control: simulator.control,
    wechat,
    alipay,
    newOrderNo,
    async wechatOrder(more = {}) {
      const orderNo = newOrderNo();
      await wechat.create(wechat.native(orderNo, more));
      return orderNo;
    },
    async alipayOrder(more = {}) {
      const orderNo = newOrderNo();
      const body = { out_trade_no: orderNo, total_amount: '1.00', subject: '测试商品', ...more };
      await alipay.curl('POST', '/v3/alipay/trade/precreate', { body });
      return orderNo;
    },
    close: () => simulator.close(),
  };
}

export function wechatClient(env: SimulatorEnvironment, certs?: Record<string, string>): WechatClient {
  const keyId = env.WECHAT_PUBLIC_KEY_ID;
  const mchid = env.WECHAT_MCH_ID;
  const appid = env.WECHAT_APP_ID;
  const client = new Wechatpay({
    baseURL: env.WECHAT_BASE_URL,
    mchid,
    serial: env.WECHAT_SERIAL_NO,
    privateKey: env.WECHAT_PRIVATE_KEY,
    certs: certs ?? { [keyId]: env.WECHAT_PUBLIC_KEY },
    ...(certs === undefined ? { headers: { 'Wechatpay-Serial': keyId } } : {}),
  });
  const call = (path: string): Wechatpay => client.chain(path);
  const order = (orderNo: string) => `v3/pay/transactions/out-trade-no/${orderNo}`;
  return {
    create: (body, kind = 'native') => call(`v3/pay/transactions/${kind}`).post(body),
    query: (orderNo, more) => call(order(orderNo)).get({ params: { mchid }, ...more }),
    close: (orderNo, more) => call(`${order(orderNo)}/close`).post({ mchid }, more),
    reverse: (orderNo) => call(`${order(orderNo)}/reverse`).post({ appid, mchid }),
    refund: (body) => call('v3/refund/domestic/refunds').post(body),
    refundQuery: (refundNo) => call(`v3/refund/domestic/refunds/${refundNo}`).get(),
    certificates: () => call('v3/certificates').get(),
    native: (orderNo, more) => ({
      appid,
      mchid,
      description: '测试商品',
      out_trade_no: orderNo,
      notify_url: 'http://127.0.0.1:9/nobody',
      amount: { total: 100, currency: 'CNY' },
      ...more,
    }),
    codePay: (orderNo, more) => ({
      appid,
      mchid,
      description: '测试商品',
      out_trade_no: orderNo,
      payer: { auth_code: '130000000000000001' },
      amount: { total: 100, currency: 'CNY' },
      scene_info: { store_info: { id: '0001' } },
      ...more,
    }),
  };
}

export function alipayClient(env: SimulatorEnvironment): AlipaySdk {
  return new AlipaySdk({
    appId: env.ALIPAY_APP_ID,
    privateKey: env.ALIPAY_PRIVATE_KEY,
    alipayPublicKey: env.ALIPAY_PUBLIC_KEY,
    keyType: 'PKCS8',
    endpoint: env.ALIPAY_ENDPOINT,
    gateway: `${env.ALIPAY_ENDPOINT}/gateway.do`,
    timeout: PATIENCE_MS,
  });
}

/** A promise's rejection, in the shapes of both SDKs. */
export interface SdkError extends Error {
  code?: string;
  responseHttpStatus?: number;
  response?: { status: number; data: unknown; headers: Record<string, string> };
}

export async function failure(call: PromiseLike<unknown>): Promise<SdkError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

/** gateway.do through the SDK, replies verified. */
export function exec(alipay: AlipaySdk, method: string, bizContent: object, params: object = {}) {
  return alipay.exec(method, { bizContent, ...params }, { validateSign: true });
}

/** REST v3 through the SDK. */
export function curl(alipay: AlipaySdk, path: string, body: Record<string, unknown>) {
  return alipay.curl<Record<string, unknown>>('POST', `/v3/alipay/trade/${path}`, { body });
}
