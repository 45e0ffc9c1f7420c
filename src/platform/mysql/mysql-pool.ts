import mysql from 'mysql2';
import { ticks } from '../clock/clock.ts';
import { prepareSession, type SessionLimits } from './mysql-session.ts';

/** How long a caller waits for a connection before it fails, ms. */
const WAIT_MS = 10_000;
/** Between two attempts to open a connection while the server allows none, ms. */
const RETRY_MS = 250;
/** How long after the server refused another connection until the next is tried, ms. */
const REGROW_MS = 5_000;

/** "Too many connections": for the server (1040), for the user (1203, 1226). */
const LIMIT_ERRORS = new Set([1040, 1203, 1226]);
/** The server refuses writes: it is read-only (1290, 1792, 1836), or a Galera node that is not ready (1047). */
const REFUSED_WRITES = new Set([1047, 1290, 1792, 1836]);

type Done = Parameters<mysql.Pool['getConnection']>[0];

interface Waiter {
  done: Done;
  /** Deadline for retries, in ticks. */
  until: number;
  timer: NodeJS.Timeout;
}

/** Pools whose server refused the last write. */
const refusing = new WeakSet<object>();

/** True while the server of this pool refuses writes, judged by the last statements. */
export const refusesWrites = (pool: object): boolean => refusing.has(pool);

/**
 * A mysql2 pool that copes with server faults:
 *
 * - A connection is handed out only after its session has been set and checked (`mysql-session.ts`).
 * - A connection whose server refuses a write is closed, so that none stays with the old primary after a failover.
 * - If the server allows no more connections, the pool continues with those it has and occasionally tries one more.
 *   Callers wait for 10 s at most.
 *
 * At most `queueLimit` callers wait (0: no limit); more get an error immediately. `mayBePlain`: unencrypted if the server
 * does not support TLS.
 */
export function createPool(
  options: mysql.PoolOptions,
  limits: SessionLimits,
  mayBePlain: boolean,
): mysql.Pool {
  const { queueLimit = 0, connectionLimit: most = 10 } = options;
  const pool = mysql.createPool({ ...options, queueLimit: 0 });
  const open = pool.getConnection.bind(pool);
  const ready = new WeakSet<mysql.PoolConnection>();
  const leased = new Set<mysql.PoolConnection>();
  const waiting: Waiter[] = [];
  let opening = 0;
  let limit = most;
  let changedAt = 0;

  function hasRoom(): boolean {
    if (limit < most && ticks() - changedAt >= REGROW_MS) {
      limit += 1;
      changedAt = ticks();
    }
    return leased.size + opening < limit;
  }

  function serve(): void {
    while (waiting.length > 0 && hasRoom()) {
      const waiter = waiting.shift();
      if (waiter !== undefined) begin(waiter);
    }
  }

  function begin(waiter: Waiter): void {
    opening += 1;
    const end = (error: NodeJS.ErrnoException | null, connection?: mysql.PoolConnection) => {
      opening -= 1;
      if (error !== null || connection === undefined)
        return fail(waiter, error ?? new Error('no connection'));
      clearTimeout(waiter.timer);
      leased.add(connection);
      waiter.done(null, connection);
    };
    open((error, connection) => {
      if (error !== null) return end(error);
      if (ready.has(connection)) return end(null, connection);
      prepareSession(connection, limits).then(
        () => {
          ready.add(connection);
          watch(connection);
          end(null, connection);
        },
        (failure: Error) => {
          connection.destroy();
          end(failure);
        },
      );
    });
  }

  function fail(waiter: Waiter, error: NodeJS.ErrnoException): void {
    if (mayBePlain && error.code === 'HANDSHAKE_NO_SSL_SUPPORT') {
      const config: object = Reflect.get(Reflect.get(pool, 'config'), 'connectionConfig');
      Object.assign(config, { ssl: false });
      begin(waiter);
      return;
    }
    if (isOneOf(LIMIT_ERRORS, error) && ticks() < waiter.until) {
      limit = Math.max(1, leased.size + opening);
      changedAt = ticks();
      waiting.unshift(waiter);
      setTimeout(serve, RETRY_MS);
      return;
    }
    clearTimeout(waiter.timer);
    waiter.done(error, undefined as never);
    serve();
  }

  /** Intercepts the release, end and statement errors of a connection. */
  function watch(connection: mysql.PoolConnection): void {
    const { release, destroy, query } = connection;
    const giveBack = () => {
      if (leased.delete(connection)) queueMicrotask(serve);
    };
    connection.release = () => {
      release.call(connection);
      giveBack();
    };
    connection.destroy = () => {
      destroy.call(connection);
      giveBack();
    };
    connection.query = ((...given: unknown[]) => {
      const done = given.at(-1);
      if (typeof done !== 'function') return Reflect.apply(query, connection, given);
      return Reflect.apply(query, connection, [
        ...given.slice(0, -1),
        (error: NodeJS.ErrnoException | null, ...answer: unknown[]) => {
          if (error !== null && isOneOf(REFUSED_WRITES, error)) {
            refusing.add(pool);
            connection.destroy();
          } else if (error === null && hasChanged(answer[0])) refusing.delete(pool);
          done(error, ...answer);
        },
      ]);
    }) as typeof connection.query;
  }

  pool.getConnection = (done) => {
    if (queueLimit > 0 && waiting.length >= queueLimit) {
      queueMicrotask(() =>
        done(new Error('Queue limit reached.') as NodeJS.ErrnoException, undefined as never),
      );
      return;
    }
    const waiter: Waiter = {
      done,
      until: ticks() + WAIT_MS,
      timer: setTimeout(() => {
        const at = waiting.indexOf(waiter);
        if (at === -1) return;
        waiting.splice(at, 1);
        done(
          new Error('no database connection was free in time') as NodeJS.ErrnoException,
          undefined as never,
        );
      }, WAIT_MS),
    };
    waiting.push(waiter);
    serve();
  };
  return pool;
}

function isOneOf(numbers: ReadonlySet<number>, { errno }: NodeJS.ErrnoException): boolean {
  return errno !== undefined && numbers.has(errno);
}

function hasChanged(result: unknown): boolean {
  if (typeof result !== 'object' || result === null || !('affectedRows' in result)) return false;
  return Number(result.affectedRows) > 0;
}
