import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems assign to outgoing connections (32768 and up on Linux). A client that keeps reconnecting to
 * the port of a dead server in that range would sooner or later be assigned that port itself, and the server could not
 * listen on it again.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;
const PORTS_TRIED = 50;
const SERVERS_TRIED = 5;

/** Starts a server on a free port; tries another one if the port is taken in the meantime. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return await start(port);
    } catch (error) {
      if (attempt === SERVERS_TRIED || !isPortTaken(error)) throw error;
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return /address (is )?already in use|port is already allocated/i.test(String(error));
}

/** A port that nobody is listening on at the moment. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= PORTS_TRIED; attempt += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found between ${FIRST_PORT} and ${LAST_PORT}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
