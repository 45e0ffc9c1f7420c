import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../src/client/client.ts';

export const SECRET = '123456';
/** The time of the answer in the documentation's example, epoch seconds. */
export const NOW_S = 1_715_347_771;

/** A client of the test's own HTTP server. */
export async function clientOf(
  listener: RequestListener,
  options: Partial<ClientOptions> = {},
): Promise<Client> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return createClient({
    baseUrl: `http://127.0.0.1:${port}`,
    signSecret: SECRET,
    signType: 'HMAC_SHA256',
    now: () => new Date(NOW_S * 1000),
    ...options,
  });
}

/** A client that always gets the same answer, and the requests that it sent. */
export async function clientAnswered(
  answer: string | Buffer,
  options: Partial<ClientOptions> & { status?: number; headers?: Record<string, string> } = {},
): Promise<{ client: Client; requests: SentRequest[] }> {
  const { status = 200, headers = { 'content-type': 'application/json' }, ...clientOptions } = options;
  const requests: SentRequest[] = [];
  const client = await clientOf((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ path: request.url ?? '', body: Buffer.concat(chunks).toString() });
      response.writeHead(status, headers).end(answer);
    });
  }, clientOptions);
  return { client, requests };
}

export interface SentRequest {
  path: string;
  body: string;
}
