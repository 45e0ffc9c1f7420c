import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy whose connections can be reset, or go silent, as when a network drops packets. */
export interface SilencingProxy {
  /** The target's URL, through this proxy. */
  url: string;
  /** Makes open connections silent, without closing them; new connections work. Returns how many. */
  silence(): number;
  /** Resets open connections, silent or not, on both sides; new connections work. Returns how many. */
  cut(): number;
  /** Routes new connections to another server; open ones stay, as after a failover. */
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
        // The other side of a silent connection does not notice: a server keeps its locks.
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
