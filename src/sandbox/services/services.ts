import { installPackages } from './apt.ts';
import { findMysqlBinary, findRedisBinary, SERVER_DIRECTORIES, type Search } from './binaries.ts';
import {
  dockerAnswers,
  MYSQL_IMAGE,
  REDIS_IMAGE,
  startMysqlContainer,
  startRedisContainer,
} from './docker.ts';
import { startMysqlServer } from './mysql-server.ts';
import type { OwnServer } from './own-server.ts';
import { startRedisServer } from './redis-server.ts';

export type { OwnServer } from './own-server.ts';

/**
 * Selects where MySQL and Redis come from, each independently:
 *
 * 1. DATABASE_URL and REDIS_URL, used as they are;
 * 2. a container, if a Docker engine answers;
 * 3. a server found on this machine, started on a free port in its own directory;
 * 4. as root on Debian or Ubuntu, the same after installing it;
 * 5. none: an error with these choices.
 *
 * Everything started ends with us, however we end. If a container cannot be started (its image cannot be pulled, for example),
 * this is reported and the next option is tried; a server found here that does not start is an error.
 */
export interface ServiceOptions {
  env: NodeJS.ProcessEnv;
  /** Receives progress messages. */
  say: (line: string) => void;
  /** Where to look for servers besides PATH. Default: the usual locations. */
  directories?: readonly string[];
  /** Additional server options, for a dedicated database. */
  databaseSettings?: readonly string[];
}

export interface LocalService {
  /** To display: `DATABASE_URL`, an image, or a program and its version. */
  source: string;
  url: string;
  stop(): Promise<void>;
}

export interface LocalServices {
  databaseUrl: string;
  redisUrl: string;
  /** To display: one line per service, with its source and address. */
  description: string[];
  stop(): Promise<void>;
}

/** Provides both. Throws, with nothing left running, if either is not available. */
export async function provideServices(options: ServiceOptions): Promise<LocalServices> {
  const given = new Map<Kind, LocalService>();
  for (const kind of [mysql, redis]) {
    const service = givenService(kind, options.env);
    if (service !== null) given.set(kind, service);
  }
  const missing = [mysql, redis].filter((kind) => !given.has(kind));
  const services = new Map<Kind, LocalService>([...given, ...(await startServers(missing, options))]);
  const database = theOne(services, mysql);
  const queue = theOne(services, redis);
  return {
    databaseUrl: database.url,
    redisUrl: queue.url,
    description: [
      `MySQL: ${database.source}, at ${new URL(database.url).host}`,
      `Redis: ${queue.source}, at ${new URL(queue.url).host}`,
    ],
    stop: () => stopAll([database, queue]),
  };
}

/** A dedicated MySQL or MariaDB, never the one in DATABASE_URL. Committed data survives `kill`. */
export async function startOwnDatabase(options: ServiceOptions): Promise<OwnServer> {
  return startOne(mysql, options);
}

/** A dedicated Redis, never the one in REDIS_URL. It is empty after `kill` and `start`. */
export async function startOwnRedis(options: ServiceOptions): Promise<OwnServer> {
  return startOne(redis, options);
}

/** One of the two services, and the ways to start it. */
interface Kind {
  name: string;
  variable: 'DATABASE_URL' | 'REDIS_URL';
  image: string;
  debianPackage: string;
  startContainer(options: ServiceOptions): Promise<OwnServer>;
  /** The server found on this machine, or null. */
  find(search: Search, options: ServiceOptions): Promise<Found | null>;
}

interface Found {
  source: string;
  start(): Promise<OwnServer>;
}

type Started = OwnServer & { source: string };

const mysql: Kind = {
  name: 'MySQL',
  variable: 'DATABASE_URL',
  image: MYSQL_IMAGE,
  debianPackage: 'mariadb-server',
  startContainer: ({ databaseSettings }) => startMysqlContainer(databaseSettings),
  async find(search, { databaseSettings }) {
    const binary = await findMysqlBinary(search);
    return (
      binary && {
        source: `${binary.path} (${binary.version})`,
        start: () => startMysqlServer(binary, search.env, databaseSettings),
      }
    );
  },
};

const redis: Kind = {
  name: 'Redis',
  variable: 'REDIS_URL',
  image: REDIS_IMAGE,
  debianPackage: 'redis-server',
  startContainer: () => startRedisContainer(),
  async find(search) {
    const path = await findRedisBinary(search);
    return path === null ? null : { source: path, start: () => startRedisServer(path, search.env) };
  },
};

const CHOICES = `Use one of these:
  - set DATABASE_URL (mysql://user:password@host:3306/database) and REDIS_URL (redis://host:6379);
  - start a Docker engine: ${MYSQL_IMAGE} and ${REDIS_IMAGE} then run in containers, if Testcontainers is installed;
  - install MySQL 8.0 or MariaDB 10.11 or later (mysqld, mariadbd), and Redis or Valkey (redis-server, valkey-server);
  - on Debian or Ubuntu, run this as root: they are then installed with apt-get.`;

function givenService({ variable }: Kind, env: NodeJS.ProcessEnv): LocalService | null {
  const url = env[variable];
  if (url === undefined || url === '') return null;
  if (!URL.canParse(url)) throw new Error(`${variable} is not a URL.`);
  return { source: variable, url, stop: async () => undefined };
}

async function startOne(kind: Kind, options: ServiceOptions): Promise<OwnServer> {
  return theOne(await startServers([kind], options), kind);
}

function theOne<T>(services: Map<Kind, T>, kind: Kind): T {
  const service = services.get(kind);
  if (service === undefined) throw new Error(`${kind.name} is neither given nor started`);
  return service;
}

/** Starts all of them, or none and throws. */
async function startServers(kinds: Kind[], options: ServiceOptions): Promise<Map<Kind, Started>> {
  if (kinds.length === 0) return new Map();
  const tried: string[] = [];
  const contained = await startContainers(kinds, options, tried);
  try {
    const others = kinds.filter((kind) => !contained.has(kind));
    const found = await findOrInstall(others, options, tried);
    return new Map([...contained, ...(await startAllOrNone(found))]);
  } catch (error) {
    await stopAll([...contained.values()]);
    throw error;
  }
}

/** Those that could be started; adds the reasons for the others to `tried`. */
async function startContainers(
  kinds: Kind[],
  options: ServiceOptions,
  tried: string[],
): Promise<Map<Kind, Started>> {
  const started = new Map<Kind, Started>();
  if (!(await dockerAnswers(options.env))) {
    tried.push('no Docker engine answers');
    return started;
  }
  const images = kinds.map(({ image }) => image).join(' and ');
  options.say(`Starting ${images} in Docker; the first time, images must be pulled.`);
  await Promise.all(
    kinds.map(async (kind) => {
      try {
        started.set(kind, {
          ...(await kind.startContainer(options)),
          source: `${kind.image} in a container`,
        });
      } catch (error) {
        const why = `${kind.image} could not be started in Docker: ${messageOf(error)}`;
        options.say(why);
        tried.push(why);
      }
    }),
  );
  return started;
}

/** Finds a program for each of `kinds`; throws the error with the choices if one is missing. */
async function findOrInstall(
  kinds: Kind[],
  options: ServiceOptions,
  tried: string[],
): Promise<Map<Kind, Found>> {
  const search = { env: options.env, directories: options.directories ?? SERVER_DIRECTORIES };
  const found = await findAll(kinds, search, options);
  const missing = kinds.filter((kind) => !found.has(kind));
  if (missing.length === 0) return found;

  tried.push(`${missing.map(({ name }) => name).join(' and ')} not found on this machine`);
  const packages = missing.map(({ debianPackage }) => debianPackage);
  const failure = await installPackages(packages, search, options.say);
  if (failure !== null) tried.push(failure);
  const installed = failure === null ? await findAll(missing, search, options) : new Map<Kind, Found>();
  const names = missing.filter((kind) => !installed.has(kind)).map(({ name }) => name);
  if (names.length === 0) return new Map([...found, ...installed]);
  throw new Error(`No ${names.join(' and no ')} available: ${tried.join('; ')}.\n${CHOICES}`);
}

async function findAll(kinds: Kind[], search: Search, options: ServiceOptions): Promise<Map<Kind, Found>> {
  const all = new Map<Kind, Found>();
  for (const kind of kinds) {
    const found = await kind.find(search, options);
    if (found !== null) all.set(kind, found);
  }
  return all;
}

async function startAllOrNone(found: Map<Kind, Found>): Promise<Map<Kind, Started>> {
  const started = new Map<Kind, Started>();
  const results = await Promise.allSettled(
    [...found].map(async ([kind, program]) => {
      started.set(kind, await startFound(program));
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return started;
  await stopAll([...started.values()]);
  throw failed.reason;
}

async function startFound(found: Found): Promise<Started> {
  try {
    return { ...(await found.start()), source: found.source };
  } catch (error) {
    throw new Error(`${found.source} could not be started: ${messageOf(error)}`, { cause: error });
  }
}

async function stopAll(services: { stop(): Promise<void> }[]): Promise<void> {
  const results = await Promise.allSettled(services.map((service) => service.stop()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
