import { connect, type Socket } from 'node:net';
import mysql from 'mysql2';
import { DataSource, type EntityManager, type EntitySchema, type MigrationInterface } from 'typeorm';
import { type DatabaseAddress, parseDatabaseUrl } from './database-url.ts';
import { createPool, refusesWrites as poolRefusesWrites } from './mysql-pool.ts';
import type { SessionLimits } from './mysql-session.ts';
import { isDatabaseUnavailable, isLockConflict } from './permanent-error.ts';

/** Connections per process. The store's transactions are short and never wait for a channel. */
const POOL_SIZE = 10;
/** Separate connections for the admin page, so that closes never wait for its lists. */
const READERS_POOL_SIZE = 4;
/** At most so many queries wait for one of these; more are refused. */
const READERS_WAITING = 200;
/** Time limit of one statement on these, s, enforced by the database. */
const READERS_LIMIT_S = 5;
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * A connection without any traffic for this long is considered dead and closed, ms: a server that vanished silently would
 * otherwise block its callers for a quarter of an hour.
 */
const SILENCE_MS = 10_000;
/**
 * The same limit on the server, s: it would otherwise keep the locks of a dead connection for hours. Longer than ours,
 * because we close idle connections ourselves.
 */
const SERVER_SILENCE_S = 20;
/** Attempts of a transaction that loses a lock conflict. */
const LOCK_ATTEMPTS = 3;

/**
 * Opens MySQL 8.0, 8.4 or MariaDB 10.11 and later. All times are sent and stored in UTC, and a BIGINT is read as digits.
 *
 * `affected` of an UPDATE counts the rows that its WHERE matched, not those whose values changed (mysql2 sets
 * FOUND_ROWS): for a guarded UPDATE it says exactly whether the guard held.
 *
 * Throws if the server is unreachable or refuses the login, or if the URL is wrong (`database-url.ts`).
 */
export async function openDatabase(
  url: string,
  entities: EntitySchema[],
  migrations: (new () => MigrationInterface)[],
  /** False for migrations, which have no time limit. */
  { closeWhenSilent }: { closeWhenSilent: boolean } = { closeWhenSilent: true },
): Promise<DataSource> {
  const address = parseDatabaseUrl(url);
  return new DataSource({
    ...common(address, entities),
    migrations,
    migrationsTableName: 'autoclose_migrations',
    migrationsTransactionMode: 'each',
    poolSize: POOL_SIZE,
    ...(closeWhenSilent
      ? {
          driver: driverWith(address, { silenceS: SERVER_SILENCE_S, statementS: null }),
          extra: { stream: openSocket },
        }
      : {
          driver: driverWith(address, { silenceS: null, statementS: null }),
          extra: { enableKeepAlive: true },
        }),
  }).initialize();
}

/**
 * The same database for the admin page: a few separate connections, on which no statement takes longer than
 * `READERS_LIMIT_S`. The caller must open it.
 */
export function readersDatabase(url: string, entities: EntitySchema[]): DataSource {
  const address = parseDatabaseUrl(url);
  return new DataSource({
    ...common(address, entities),
    poolSize: READERS_POOL_SIZE,
    driver: driverWith(address, { silenceS: SERVER_SILENCE_S, statementS: READERS_LIMIT_S }),
    extra: { stream: openSocket, queueLimit: READERS_WAITING },
  });
}

const common = ({ mayBePlain: _, ssl, ...address }: DatabaseAddress, entities: EntitySchema[]) =>
  ({
    type: 'mysql',
    ...address,
    ...(ssl === null ? {} : { ssl }),
    entities,
    timezone: 'Z',
    charset: 'utf8mb4_general_ci',
    supportBigNumbers: true,
    bigNumberStrings: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
  }) as const;

/** The mysql2 driver with our own pool (`mysql-pool.ts`). */
const driverWith = ({ mayBePlain }: DatabaseAddress, limits: SessionLimits) => ({
  ...mysql,
  createPool: (options: mysql.PoolOptions) => createPool(options, limits, mayBePlain),
});

/** True while the database refuses writes: a primary became a replica, or a node is not ready. */
export function refusesWrites({ driver }: DataSource): boolean {
  const pool: unknown = 'pool' in driver ? driver.pool : null;
  return typeof pool === 'object' && pool !== null && poolRefusesWrites(pool);
}

function openSocket({ config }: { config: { host: string; port: number } }): Socket {
  const socket = connect(config.port, config.host);
  socket.setNoDelay(true);
  socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('the database connection fell silent')));
  return socket;
}

/** True if an INSERT failed because of a duplicate key. */
export function isDuplicate(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ER_DUP_ENTRY';
}

/** True if the duplicate is in this key. MySQL 8 puts the table's name before the key's. */
export function isDuplicateOf(error: unknown, key: string): boolean {
  if (!isDuplicate(error) || !(error instanceof Error)) return false;
  return new RegExp(`for key '(?:[^']*\\.)?${key}'$`).test(error.message);
}

/** How statements for many rows are batched: a failure of one row fails no other, an unreachable database all at once. */
export const statementBatch = {
  most: 100,
  mayBeOfOne: (error: unknown) => !isDatabaseUnavailable(error),
};

/** Runs `work` in a short transaction at READ COMMITTED; retried a few times on a lock conflict. */
export async function inTransaction<T>(
  db: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (attempt >= LOCK_ATTEMPTS || !isLockConflict(error)) throw error;
    }
  }
}
