import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Client, createClient, type GenerationName, type Notice } from '../../../src/client/client.ts';
import type { Dice } from '../dice.ts';

const APPEARS_DEAD_MS = 7_000;

/** One notice that reached the merchant, as its SDK reads it. */
export interface DeliveredNotice {
  /** Of the order that it is about, by the address it was sent to. */
  index: number;
  eventId: string;
  /** Null: it could not be verified. */
  notice: Notice | null;
  /** It was answered with SUCCESS. */
  accepted: boolean;
}

/** The merchants' systems: they call the API in each generation, and take notices as well as they can. */
export interface Merchant {
  client(generation: GenerationName): Client;
  notifyUrl(index: number): string;
  delivered: DeliveredNotice[];
  /** From now on every notice is taken. */
  behave(): void;
  end(): Promise<void>;
}

interface MerchantOptions {
  baseUrl: string;
  signSecret: string;
  signType: 'MD5' | 'HMAC_SHA256';
  dice: Dice;
  generationOf(index: number): GenerationName;
}

export async function openMerchant(options: MerchantOptions): Promise<Merchant> {
  const { baseUrl, signSecret, signType, dice, generationOf } = options;
  const clients = new Map<GenerationName, Client>();
  const delivered: DeliveredNotice[] = [];
  let behaves = false;

  function client(generation: GenerationName): Client {
    const known = clients.get(generation);
    if (known !== undefined) return known;
    const made = createClient({ baseUrl, signSecret, signType, generation, timeoutMs: 10_000 });
    clients.set(generation, made);
    return made;
  }

  function read(index: number, body: string): Notice | null {
    try {
      return client(generationOf(index)).verifyNotice(body);
    } catch {
      return null;
    }
  }

  const server = createServer(async (request, response) => {
    const index = Number(request.url?.split('/').at(-1));
    const notice = read(index, await text(request));
    const answer = behaves ? accept : dice.weigh(answers).run;
    const accepted = answer === accept && notice !== null;
    delivered.push({ index, eventId: String(request.headers['autoclose-event-id']), notice, accepted });
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    client,
    delivered,
    notifyUrl: (index) => `http://127.0.0.1:${address.port}/notice/${index}`,
    behave() {
      behaves = true;
    },
    async end() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const accept = (response: ServerResponse) => void response.end('SUCCESS');
const answers = [
  { weight: 5, run: accept },
  { weight: 1, run: (response: ServerResponse) => void response.writeHead(500).end() },
  { weight: 1, run: (response: ServerResponse) => void response.end('maybe') },
  { weight: 1, run: (response: ServerResponse) => void response.destroy() },
  {
    weight: 1,
    run: (response: ServerResponse) => void setTimeout(() => response.destroy(), APPEARS_DEAD_MS).unref(),
  },
];
