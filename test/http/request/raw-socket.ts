import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawReply {
  status: number;
  /** By lower-case name. */
  headers: Map<string, string>;
  body: string;
}

/** A connection that sends exactly the given bytes. */
export interface Connection {
  socket: Socket;
  /**
   * Sends bytes and reads the next answer; null if the connection ends without one. Throws for an answer that is
   * incomplete or not HTTP. `last` ends our side, `head` expects no body.
   */
  exchange(bytes: string | Buffer, options?: { last?: boolean; head?: boolean }): Promise<RawReply | null>;
}

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let received = Buffer.alloc(0);
  let ended = false;
  let wake = () => {};
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  const end = () => {
    ended = true;
    wake();
  };
  socket.on('end', end).on('close', end).on('error', end);

  return {
    socket,
    async exchange(bytes, { last = false, head = false } = {}) {
      if (last) socket.end(bytes);
      else socket.write(bytes);
      for (;;) {
        const found = firstReply(received, head);
        if (found !== null) {
          received = received.subarray(found.length);
          if (found.reply.status >= 200) return found.reply;
        } else if (ended) {
          if (received.length > 0) throw new Error(`cut off: ${received}`);
          return null;
        } else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}

/** One exchange on a new connection. */
export async function exchangeOnce(
  url: string,
  bytes: string | Buffer,
  options?: { last?: boolean; head?: boolean },
): Promise<RawReply | null> {
  const connection = await openConnection(url);
  try {
    return await connection.exchange(bytes, options);
  } finally {
    connection.socket.destroy();
  }
}

/** Null while it is incomplete. All our answers have a content length. */
function firstReply(bytes: Buffer, head: boolean): { reply: RawReply; length: number } | null {
  const headLength = bytes.indexOf('\r\n\r\n');
  if (headLength === -1) return null;
  const [first = '', ...lines] = bytes.subarray(0, headLength).toString('latin1').split('\r\n');
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(first) ?? [];
  if (status === undefined) throw new Error(`no HTTP: ${first}`);
  const headers = new Map(
    lines.map((line) => {
      const [name = '', ...rest] = line.split(':');
      return [name.toLowerCase(), rest.join(':').trim()];
    }),
  );
  const bodyLength = Number(status) < 200 || head ? 0 : Number(headers.get('content-length'));
  if (Number.isNaN(bodyLength)) throw new Error(`no length: ${lines}`);
  const length = headLength + 4 + bodyLength;
  if (bytes.length < length) return null;
  const body = bytes.subarray(headLength + 4, length).toString('utf8');
  return { reply: { status: Number(status), headers, body }, length };
}
