import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisBinary, SERVER_DIRECTORIES } from '../../src/sandbox/services/binaries.ts';
import { startLocalServer } from '../../src/sandbox/services/local-server.ts';
import type { OwnServer } from '../../src/sandbox/services/own-server.ts';
import { startOwnRedis } from '../../src/sandbox/services/services.ts';
import { pingRedis } from '../../src/sandbox/services/until-ready.ts';
import { until } from './until.ts';

const NAME = 'autoclose';

/** A Redis with a replica, and three sentinels with a quorum of two. */
export interface SentinelGroup {
  /** The environment with which a process finds the master. */
  env: Record<string, string>;
  master: OwnServer;
  replica: OwnServer;
  /** The master's address according to the sentinels. */
  masterUrl(): Promise<string>;
  /** Fails over to the replica, with both alive. */
  handOver(): Promise<void>;
  end(): Promise<void>;
}

/** Sends one command and disconnects. */
export async function tellRedis(url: string, command: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

export async function startSentinelGroup(): Promise<SentinelGroup> {
  const options = { env: process.env, say: () => undefined };
  const [master, replica] = await Promise.all([startOwnRedis(options), startOwnRedis(options)]);
  const { hostname, port } = new URL(master.url);
  await tellRedis(replica.url, 'REPLICAOF', hostname, port);
  await until('the replica follows', async () => (await infoOf(replica.url)).includes('link_status:up'));
  const sentinels = await Promise.all(Array.from({ length: 3 }, () => startSentinel(hostname, port)));
  const first = sentinels[0]?.url ?? '';
  for (const { url } of sentinels) {
    await until('the sentinels know everybody', async () => {
      const state = JSON.stringify(await tellRedis(url, 'SENTINEL', 'MASTER', NAME));
      return /"num-slaves","1"/.test(state) && /"num-other-sentinels","2"/.test(state);
    });
  }
  return {
    env: {
      REDIS_URL: master.url,
      REDIS_SENTINELS: sentinels.map(({ url }) => new URL(url).host).join(','),
      REDIS_SENTINEL_NAME: NAME,
    },
    master,
    replica,
    async masterUrl() {
      const address = await tellRedis(first, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME);
      const [host, at] = Array.isArray(address) ? address : [];
      return `redis://${host}:${at}`;
    },
    async handOver() {
      await tellRedis(first, 'SENTINEL', 'FAILOVER', NAME);
    },
    async end() {
      await Promise.all([...sentinels, master, replica].map((server) => server.stop()));
    },
  };
}

async function infoOf(url: string): Promise<string> {
  return String(await tellRedis(url, 'INFO', 'replication'));
}

async function startSentinel(masterHost: string, masterPort: string): Promise<OwnServer> {
  const path = await findRedisBinary({ env: process.env, directories: SERVER_DIRECTORIES });
  if (path === null) throw new Error('there is no redis-server on this machine');
  return startLocalServer(
    {
      name: 'sentinel',
      users: ['redis', 'valkey'],
      // A sentinel rewrites its configuration file.
      async prepare({ directory }, { uid, gid }) {
        const file = join(directory, 'sentinel.conf');
        await writeFile(
          file,
          `sentinel monitor ${NAME} ${masterHost} ${masterPort} 2
sentinel down-after-milliseconds ${NAME} 500
sentinel failover-timeout ${NAME} 3000
`,
        );
        if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
      },
      command: (directory, port) => [
        path,
        join(directory, 'sentinel.conf'),
        '--sentinel',
        ...['--bind', '127.0.0.1'],
        ...['--port', String(port)],
        ...['--dir', directory],
        ...['--daemonize', 'no'],
      ],
      url: (port) => `redis://127.0.0.1:${port}`,
      async ask(url) {
        await pingRedis(url);
      },
    },
    process.env,
  );
}
