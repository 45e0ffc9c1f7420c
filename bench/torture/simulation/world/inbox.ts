import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { ChannelName, NotificationReply, RawNotification } from '../../../../src/channel/channel.ts';

/** A channel's notification on its way to us. The gateway waits for the answer. */
export interface Arrival {
  channel: ChannelName;
  raw: RawNotification;
  answer(reply: NotificationReply): void;
  /** It never arrived, or we died over it. */
  lose(): void;
}

/** A notification, as the network has it. */
export type Mail = Pick<Arrival, 'channel' | 'raw'>;

/** Where the gateways send notifications to. It answers nothing by itself. */
export interface Inbox {
  url: string;
  /** What has arrived and waits to be taken, oldest first. */
  waiting: Arrival[];
  /** Resolves when so many have arrived since the last `reset`. */
  arrived(count: number): Promise<void>;
  reset(): void;
  end(): Promise<void>;
}

export async function openInbox(): Promise<Inbox> {
  const waiting: Arrival[] = [];
  let received = 0;
  let look = () => {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const channel = (request.url ?? '').split('/').at(-1) as ChannelName;
      waiting.push({
        channel,
        raw: { headers: request.headers, body: Buffer.concat(chunks) },
        ...over(response),
      });
      received += 1;
      look();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    waiting,
    arrived: (count) =>
      new Promise((resolve) => {
        look = () => {
          if (received >= count) resolve();
        };
        look();
      }),
    reset() {
      for (const arrival of waiting.splice(0)) arrival.lose();
      received = 0;
    },
    async end() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function over(response: ServerResponse): Pick<Arrival, 'answer' | 'lose'> {
  return {
    answer({ status, contentType, body }) {
      response.writeHead(status, { 'content-type': contentType }).end(body);
    },
    lose: () => response.destroy(),
  };
}
