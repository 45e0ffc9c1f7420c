import { startLocalServer } from './local-server.ts';
import type { OwnServer } from './own-server.ts';
import { pingRedis } from './until-ready.ts';

/** No persistence: a restart empties it. At 100 Hz a blocked client is woken within 10 ms. */
export const REDIS_SETTINGS: readonly string[] = [
  ...['--save', ''],
  ...['--appendonly', 'no'],
  ...['--hz', '100'],
  ...['--maxmemory-policy', 'noeviction'],
];

/** Starts Redis or Valkey. It is empty, also after every restart. */
export async function startRedisServer(path: string, env: NodeJS.ProcessEnv): Promise<OwnServer> {
  return startLocalServer(
    {
      name: 'redis',
      users: ['redis', 'valkey'],
      prepare: async () => undefined,
      command: (directory, port) => [
        path,
        ...['--bind', '127.0.0.1'],
        ...['--port', String(port)],
        ...['--dir', directory],
        ...['--daemonize', 'no'],
        ...REDIS_SETTINGS,
      ],
      url: (port) => `redis://127.0.0.1:${port}`,
      async ask(url, pid) {
        const info = await pingRedis(url);
        // There is no password: another Redis that took the port first would answer as well.
        if (!info.includes(`process_id:${pid}\r\n`)) throw new Error(`another Redis answers at ${url}`);
      },
    },
    env,
  );
}
