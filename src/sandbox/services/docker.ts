import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { StartedTestContainer } from 'testcontainers';
import { withTimeout } from '../../platform/timeout.ts';
import { onFreePort } from './free-port.ts';
import type { OwnServer } from './own-server.ts';
import { REDIS_SETTINGS } from './redis-server.ts';
import { pingMysql, pingRedis, untilReady } from './until-ready.ts';

export const MYSQL_IMAGE = 'mysql:8.4';
export const REDIS_IMAGE = 'redis:7';

const MYSQL_PORT = 3306;
const REDIS_PORT = 6379;
const DATABASE = 'autoclose';
/** An engine on this machine answers within milliseconds; after this time there is none. */
const PING_WITHIN_MS = 2_000;
const START_WITHIN_MS = 120_000;
/** Includes pulling an image over a slow connection. */
const FETCH_WITHIN_MS = 10 * 60_000;

/** Whether a Docker engine answers, after an unnoticeable time. Looks where Testcontainers does. */
export async function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  const answers = await Promise.all((await engineAddresses(env)).map(ping));
  return answers.includes(true);
}

/** Starts MySQL in a container, which Testcontainers' reaper removes if we die. */
export async function startMysqlContainer(settings: readonly string[] = []): Promise<OwnServer> {
  const password = randomBytes(12).toString('hex');
  return startContainer({
    image: MYSQL_IMAGE,
    port: MYSQL_PORT,
    environment: { MYSQL_ROOT_PASSWORD: password, MYSQL_DATABASE: DATABASE },
    command: [
      '--skip-log-bin',
      '--performance-schema=OFF',
      '--mysqlx=OFF',
      '--max-connections=300',
      ...settings,
    ],
    url: (address) => `mysql://root:${password}@${address}/${DATABASE}`,
    // MySQL's image starts its server twice, first without network: only a query shows that the second is up.
    ask: pingMysql,
  });
}

/** Starts Redis in a container. It is empty, also after every restart. */
export async function startRedisContainer(): Promise<OwnServer> {
  // Docker publishes the port on every interface of this machine.
  const password = randomBytes(12).toString('hex');
  return startContainer({
    image: REDIS_IMAGE,
    port: REDIS_PORT,
    environment: {},
    command: ['redis-server', ...REDIS_SETTINGS, '--requirepass', password],
    url: (address) => `redis://:${password}@${address}`,
    async ask(url) {
      await pingRedis(url);
    },
  });
}

interface ContainerRecipe {
  image: string;
  port: number;
  environment: Record<string, string>;
  command: string[];
  url(address: string): string;
  ask(url: string): Promise<void>;
}

async function startContainer(recipe: ContainerRecipe): Promise<OwnServer> {
  // Imported lazily: it is a development dependency, which production installations do not have.
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  // We choose the port, because one that Docker chooses changes with every restart.
  const starting = onFreePort((host) =>
    new GenericContainer(recipe.image)
      .withExposedPorts({ container: recipe.port, host })
      .withEnvironment(recipe.environment)
      .withCommand(recipe.command)
      .withStartupTimeout(START_WITHIN_MS)
      .start(),
  );
  // If it starts too late, the reaper removes it.
  const container = await withTimeout(FETCH_WITHIN_MS, () => starting);
  const handle = (await getContainerRuntimeClient()).container.getById(container.getId());
  const url = recipe.url(`${container.getHost()}:${container.getMappedPort(recipe.port)}`);
  async function ready() {
    await untilReady(
      () => recipe.ask(url),
      async () => {
        const { State } = await handle.inspect();
        return State.Running ? null : `${recipe.image} ended:\n${await lastLines(container)}`;
      },
    );
  }
  try {
    await ready();
  } catch (error) {
    await container.stop();
    throw error;
  }
  return {
    url,
    async kill() {
      const ended = handle.wait();
      await handle.kill({ signal: 'SIGKILL' });
      await ended;
    },
    async start() {
      await handle.start();
      await ready();
    },
    async stop() {
      await container.stop();
    },
  };
}

async function lastLines(container: StartedTestContainer): Promise<string> {
  const log = await container.logs({ tail: 15 });
  // The log stream of an ended container is finite.
  let text = '';
  for await (const chunk of log) text += String(chunk);
  return text.trimEnd();
}

/** The address of an engine, for a request. */
type EngineAddress = RequestOptions & { ca?: Buffer; cert?: Buffer; key?: Buffer };

async function engineAddresses(env: NodeJS.ProcessEnv): Promise<EngineAddress[]> {
  const given = env.DOCKER_HOST;
  if (given !== undefined && given !== '') {
    const address = await parseAddress(given, env);
    return address === null ? [] : [address];
  }
  if (process.platform === 'win32') return [{ socketPath: '//./pipe/docker_engine' }];
  const sockets = [
    '/var/run/docker.sock',
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
    join(homedir(), '.docker', 'run', 'docker.sock'),
    join(homedir(), '.docker', 'desktop', 'docker.sock'),
    `/run/user/${process.getuid?.() ?? 0}/docker.sock`,
  ];
  return sockets.map((socketPath) => ({ socketPath }));
}

/** Null for addresses that Testcontainers cannot use either, such as ssh:. */
async function parseAddress(dockerHost: string, env: NodeJS.ProcessEnv): Promise<EngineAddress | null> {
  try {
    const { protocol, pathname, hostname, port } = new URL(dockerHost);
    if (protocol === 'unix:' || protocol === 'npipe:') return { socketPath: pathname };
    if (!['tcp:', 'http:', 'https:'].includes(protocol)) return null;
    const certificates = env.DOCKER_CERT_PATH;
    if (env.DOCKER_TLS_VERIFY !== '1' || certificates === undefined) return { host: hostname, port };
    const [ca, cert, key] = await Promise.all(
      ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readFile(join(certificates, file))),
    );
    return { host: hostname, port, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  } catch {
    return null;
  }
}

async function ping(address: EngineAddress): Promise<boolean> {
  const request = address.ca === undefined ? httpRequest : httpsRequest;
  return new Promise((resolve) => {
    const call = request({ ...address, path: '/_ping', signal: AbortSignal.timeout(PING_WITHIN_MS) });
    call.on('error', () => resolve(false));
    call.once('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.end();
  });
}
