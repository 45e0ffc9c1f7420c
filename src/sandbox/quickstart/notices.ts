import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient } from '../../client/client.ts';
import type { SignSettings } from '../../http/daxpay/signing/signing.ts';

/** The shop's webhook. */
export interface ShopNotices {
  /** The webhook's URL. */
  url: string;
  /** The order's status in the last verified notice; null before the first. */
  lastStatus(orderNo: string): string | null;
}

/** A server that receives notices: verifies and remembers them, and answers SUCCESS. It does not keep the process alive. */
export async function receiveNotices(apiUrl: string, settings: SignSettings): Promise<ShopNotices> {
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
    lastStatus: (orderNo) => statuses.get(orderNo) ?? null,
  };
}
