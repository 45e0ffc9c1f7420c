import { migrations } from '../migrations/index.ts';
import { createChannels } from './channels.ts';
import type { Config } from './config.ts';
import { createServer } from './http/server.ts';
import { closeByHand } from './order/close-by-hand.ts';
import { createOrder } from './order/create-order.ts';
import type { OrderDeps } from './order/deps.ts';
import { entities } from './order/entities.ts';
import { receiveNotification } from './order/receive-notification.ts';
import { createOrderStore } from './order/store.ts';
import { openDatabase } from './platform/database.ts';
import { followDatabaseClock } from './platform/database-clock.ts';
import type { Logger } from './platform/logger.ts';
import { connectedOrNot, openProducerRedis, openWorkerRedis } from './platform/redis.ts';
import { createCloseQueues } from './timer/close-queues.ts';
import { startCloseWorker } from './timer/close-worker.ts';
import { startSweeper } from './timer/sweeper.ts';

/** How long a shutdown waits for work in hand, ms. What is not done by then is given back: its lease runs out. */
const SHUTDOWN_MS = 10_000;

export interface App {
  deps: OrderDeps;
  /** Listens for merchants and channels; the address. */
  serve(): Promise<string>;
  /** Runs the timers: a worker for each channel, and the sweep. */
  work(): void;
  /** Ends what was started, the latest first: intake, work in hand, connections. */
  close(): Promise<void>;
}

/**
 * Builds the whole program from its configuration; the only place that constructs things. Whatever opens a thing
 * pushes its end on `releases`. Throws if the database cannot be reached or is not migrated; Redis may be away.
 */
export async function openApp({ server, ...channelConfig }: Config, log: Logger): Promise<App> {
  const releases: (() => Promise<unknown>)[] = [];
  const db = await openDatabase(server.DATABASE_URL, entities, migrations);
  releases.push(() => db.destroy());
  if (await db.showMigrations()) {
    await db.destroy();
    throw new Error('The database is not migrated: run "autoclose migrate" first.');
  }
  const clock = await followDatabaseClock(db);

  const redis = openProducerRedis(server.REDIS_URL, log);
  releases.push(async () => redis.disconnect());
  if (!(await connectedOrNot(redis)))
    log.error('redis cannot be reached: orders close late until it is back');
  const queues = createCloseQueues(redis, server.REDIS_PREFIX, clock, log);
  releases.push(() => queues.close());

  const channels = createChannels(channelConfig, server.PUBLIC_URL);
  const deps: OrderDeps = {
    store: createOrderStore(db),
    channels,
    timer: queues,
    clock,
    log,
    expiresInMs: server.ORDER_EXPIRES_IN_S * 1000,
    closeGraceMs: server.CLOSE_GRACE_MS,
    random: Math.random,
  };

  return {
    deps,
    async serve() {
      const http = createServer({
        log,
        clock,
        settings: {
          signSecret: server.SIGN_SECRET,
          signType: server.SIGN_TYPE,
          signRequired: server.SIGN_REQUIRED,
          reqTimeToleranceS: server.REQ_TIME_TOLERANCE_S,
        },
        createOrder: (wish) => createOrder(deps, wish),
        closeOrder: (numbers, trigger) => closeByHand(deps, numbers, trigger),
        receiveNotification: (channel, raw) => receiveNotification(deps, channel, raw),
        isHealthy: async () => (await db.query('SELECT 1')).length === 1,
      });
      releases.push(() => http.close());
      return http.listen({ host: server.HOST, port: server.PORT });
    },
    work() {
      const connection = openWorkerRedis(server.REDIS_URL, log);
      releases.push(async () => connection.disconnect());
      for (const channel of channels.keys()) {
        const options = { channel, prefix: server.REDIS_PREFIX, concurrency: server.CLOSE_CONCURRENCY };
        const worker = startCloseWorker(deps, connection, options);
        releases.push(() => worker.close());
      }
      const sweeper = startSweeper(deps, server.SWEEP_INTERVAL_MS, clock.refresh);
      releases.push(() => sweeper.stop());
    },
    async close() {
      const deadline = AbortSignal.timeout(SHUTDOWN_MS);
      const late = new Promise<'late'>((resolve) =>
        deadline.addEventListener('abort', () => resolve('late')),
      );
      for (const release of releases.splice(0).reverse()) {
        if ((await Promise.race([release(), late])) === 'late') log.warn('work in hand was given back');
      }
    },
  };
}
