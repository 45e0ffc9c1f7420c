import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** What the merchant received, byte for byte. */
export interface Received {
  path: string;
  eventId: string;
  attempt: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A merchant's system: a real HTTP server that receives notices. */
export interface Merchant {
  /** The URL for notices; append a path to distinguish them. */
  url: string;
  received: Received[];
  /** The notices received at this path. */
  at(path: string): Received[];
  /** Sets this path's answer; the default is SUCCESS. */
  answers(path: string, answer: (response: ServerResponse) => void): void;
  end(): Promise<void>;
}

export async function openMerchant(): Promise<Merchant> {
  const received: Received[] = [];
  const answers = new Map<string, (response: ServerResponse) => void>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await text(request);
    const { headers } = request;
    received.push({
      path,
      eventId: String(headers['autoclose-event-id']),
      attempt: Number(headers['autoclose-attempt']),
      headers,
      body,
    });
    const answer = answers.get(path);
    if (answer === undefined) response.end('SUCCESS');
    else answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    at: (wanted) => received.filter(({ path }) => path === wanted),
    answers: (path, answer) => void answers.set(path, answer),
    async end() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
