import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient } from '../client/client.ts';
import { type SignSettings, sign } from '../http/daxpay/signing.ts';
import type { Customer } from './scenario.ts';

/** A small shop that sells through the API, as a merchant's system would. */
export interface Shop {
  /** Orders payment of one item; throws if the API answers anything but success. */
  sell(bizOrderNo: string, customer: Customer, expiresAt: Date): Promise<{ orderNo: string }>;
  /** A body for an operation, signed, as JSON. */
  signed(members: Record<string, unknown>): string;
  /** What a verified notice last said of an order's status; null before the first. */
  told(orderNo: string): string | null;
}

/** Listens for notices on this machine. */
export async function openShop(apiUrl: string, settings: SignSettings): Promise<Shop> {
  const notices = await takeNotices(apiUrl, settings);
  const signed = (members: Record<string, unknown>) => {
    const body = { ...members, clientIp: '127.0.0.1', reqTime: Math.floor(Date.now() / 1000) };
    return JSON.stringify({ ...body, sign: sign(body, settings) });
  };
  return {
    signed,
    told: (orderNo) => notices.statuses.get(orderNo) ?? null,
    async sell(bizOrderNo, customer, expiresAt) {
      const response = await fetch(`${apiUrl}/unipay/pay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: signed({
          bizOrderNo,
          title: '一杯咖啡',
          channel: customer.channel,
          method: 'qrcode',
          amount: 1900,
          notifyUrl: notices.url,
          expiredTime: Math.floor(expiresAt.getTime() / 1000),
        }),
      });
      const answer = (await response.json()) as { data?: { code: number; msg?: string; orderNo: string } };
      if (answer.data?.code !== 0) throw new Error(`the shop could not sell: ${JSON.stringify(answer)}`);
      return { orderNo: answer.data.orderNo };
    },
  };
}

/** A server for notices: verifies, remembers, and answers SUCCESS. It keeps no process from ending. */
async function takeNotices(apiUrl: string, settings: SignSettings) {
  const client = createClient({ baseUrl: apiUrl, generation: '2.0.6', ...settings });
  const statuses = new Map<string, string>();
  const server = createServer(async (request, response) => {
    try {
      const { orderNo, status } = client.verifyNotice(await text(request));
      statuses.set(orderNo, status);
      response.end('SUCCESS');
    } catch {
      response.writeHead(400).end('FAIL');
    }
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the shop has no port');
  return {
    url: `http://127.0.0.1:${address.port}/notify`,
    statuses,
  };
}
