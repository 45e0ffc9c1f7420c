import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';

/** A real DNS server for every name, for a real resolver. */
export interface NameServer {
  resolver: Resolver;
  /** The number of IPv4 queries so far. */
  questions(): number;
  end(): Promise<void>;
}

/** `answer` returns the IPv4 addresses for the n-th query, from 1. There is no IPv6. */
export async function startNameServer(answer: (question: number) => string[]): Promise<NameServer> {
  const socket = createSocket('udp4');
  let questions = 0;
  socket.on('message', (query, { port, address }) => {
    // Header of 12 bytes, labels up to the empty one, then type and class.
    const endOfName = query.indexOf(0, 12);
    const question = query.subarray(12, endOfName + 5);
    const isIpv4 = query.readUInt16BE(endOfName + 1) === 1;
    if (isIpv4) questions += 1;
    const found = isIpv4 ? answer(questions) : [];
    const header = Buffer.from([0, 0, 0x81, 0x80, 0, 1, 0, found.length, 0, 0, 0, 0]);
    query.copy(header, 0, 0, 2);
    const records = found.map((ip) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...ip.split('.').map(Number)]),
    );
    socket.send(Buffer.concat([header, question, ...records]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolver,
    questions: () => questions,
    async end() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
