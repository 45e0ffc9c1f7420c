import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy whose connections can be cut, or fall silent, as when a network swallows packets without a word. */
export interface SilencingProxy {
  /** The target's URL, by way of this proxy. */
  url: string;
  /** What is connected now hears nothing any more and is not told; new connections work. Returns how many. */
  silence(): number;
  /** Resets what is connected now, silent or not, on both sides; new connections work. Returns how many. */
  cut(): number;
  /** New connections go to another server; those that are open stay where they are, as after a failover. */
  redirect(target: string): void;
  end(): Promise<void>;
}

export async function startProxy(target: string): Promise<SilencingProxy> {
  let to = new URL(target);
  const pairs = new Set<{ near: Socket; far: Socket; silent: boolean }>();
  const server = createServer((near) => {
    const pair = { near, far: connect(Number(to.port), to.hostname), silent: false };
    pairs.add(pair);
    for (const [from, other] of [
      [pair.near, pair.far],
      [pair.far, pair.near],
    ] as const) {
      from.on('data', (chunk) => pair.silent || other.write(chunk));
      from.on('error', () => {});
      from.on('close', () => {
        // The other side of a silent one does not hear of it: a server goes on holding what it holds.
        if (pair.silent) return;
        pairs.delete(pair);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  function cut(): number {
    const count = pairs.size;
    for (const { near, far } of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
    pairs.clear();
    return count;
  }
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    silence() {
      const heard = [...pairs].filter(({ silent }) => !silent);
      for (const pair of heard) pair.silent = true;
      return heard.length;
    },
    cut,
    redirect(other) {
      to = new URL(other);
    },
    async end() {
      cut();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
