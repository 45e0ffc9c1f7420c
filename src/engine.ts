import type { Telemetry } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { migrations } from '../migrations/index.ts';
import { type ChannelName, type Channels, channelNames } from './channel/channel.ts';
import type { GuardOptions } from './channel/guard/guard.ts';
import type { Messenger } from './notice/deliver-notice.ts';
import { createNoticeStore, type NoticeStore } from './notice/notice-store.ts';
import { startNoticeRelay } from './notice/relay.ts';
import type { OrderDeps } from './order/deps.ts';
import type { SweepCounts } from './order/due/sweep.ts';
import type { LatePaymentPolicy } from './order/late-payment.ts';
import { createLeaseKeeper } from './order/store/lease-keeper.ts';
import { createRefundStore } from './order/store/refund-store.ts';
import { createOrderStore, type OrderStore } from './order/store/store.ts';
import { createStuckStore } from './order/store/stuck-store.ts';
import { entities } from './order/store/tables.ts';
import { ticks } from './platform/clock/clock.ts';
import { followDatabaseClock } from './platform/clock/database-clock.ts';
import { createAlertLimiter } from './platform/log/alert-limiter.ts';
import type { Logger } from './platform/log/logger.ts';
import { createOutage } from './platform/log/outage.ts';
import { openDatabase, refusesWrites } from './platform/mysql/database.ts';
import { withVariableName } from './platform/mysql/variable-name.ts';
import { packageVersion } from './platform/package.ts';
import {
  openProducerRedis,
  openWorkerRedis,
  type RedisAddress,
  waitForConnection,
} from './platform/redis.ts';
import { createShutdown } from './platform/shutdown.ts';
import { createHeartbeat, type Heartbeat } from './process/heartbeat.ts';
import { readInstallation } from './process/installation.ts';
import { createProcessStore, type ProcessStore } from './process/process-store.ts';
import { type CloseQueues, createCloseQueues } from './timer/close-queues.ts';
import { startCloseWorkers } from './timer/close-workers.ts';
import { createDirectRunner } from './timer/direct-runner.ts';
import type { QueueDepth } from './timer/queue-depths.ts';
import type { QueueHealth } from './timer/queue-health.ts';
import { startSweeper } from './timer/sweeper.ts';
import { watchQueue } from './timer/watch-queue.ts';
import { adminEntities } from './users/entities.ts';

/** How long a shutdown waits for work in progress, ms. Unfinished work is released: its lease expires. */
const SHUTDOWN_MS = 8_000;

/** How often a fault that many orders share is logged at ERROR, ms. */
const ALERT_INTERVAL_MS = 3_600_000;

/** Concurrent calls to one channel in one process, in addition to its timers': those of the API and the command line. */
const REQUEST_CALLS = 200;

export interface EngineSettings {
  databaseUrl: string;
  redis: RedisAddress;
  /** Prefix of every Redis key. */
  redisPrefix: string;
  /** From an order's creation to its expiry, unless the request sets one, ms. */
  expiresInMs: number;
  /** From an order's expiry to its close, ms. */
  closeGraceMs: number;
  latePaymentPolicy: LatePaymentPolicy;
  /** Concurrent closes per channel and process. */
  closeConcurrency: number;
  /** Closes started per second and channel, over all processes; 0: no limit. */
  closesPerSecond: number;
  sweepIntervalMs: number;
}

/** Measures an engine: wraps its stores, and receives its events. */
export interface Instruments {
  store(store: OrderStore): OrderStore;
  notices(notices: NoticeStore): NoticeStore;
  /** A lease expired while it was held. */
  leaseLost(): void;
  /** The database's clock jumped by this much, ms; negative: backward. */
  clockJumped(byMs: number): void;
  swept(counts: SweepCounts): void;
  telemetry?: Telemetry | undefined;
}

export const noInstruments: Instruments = {
  store: (store) => store,
  notices: (notices) => notices,
  leaseLost() {},
  clockJumped() {},
  swept() {},
};

export interface Engine {
  deps: OrderDeps;
  /** Outgoing merchant notices. */
  notices: NoticeStore;
  /** The processes that share this database. */
  processes: ProcessStore;
  /** This process's heartbeat. `work` announces the worker; an API process calls `begin('serves')`. */
  heartbeat: Heartbeat;
  /** The BullMQ queues, for inspection. */
  queues: ReturnType<CloseQueues['queues']>;
  /** The number of jobs in each queue. Null: Redis is unreachable or unusable. Never throws. */
  readDepths(): Promise<QueueDepth[] | null>;
  /** Checks now whether Redis can hold timers. Takes a few seconds at most, never throws. */
  readQueueHealth(): Promise<QueueHealth>;
  db: DataSource;
  /** The connection that fails fast, see `openProducerRedis`. */
  redis: Redis;
  /**
   * Starts the worker: the timers of `queues`, the sweep, and the merchant notices unless `messenger` is null. No effect
   * if it runs already or the engine is closed.
   */
  work(messenger: Messenger | null, queues?: Iterable<ChannelName>): void;
  shutdown: ReturnType<typeof createShutdown>;
  /** Shuts down: stops all work and waits for what is in progress, then closes the connections. Never throws. */
  close(): Promise<void>;
}

/**
 * Opens the engine: orders, channels and timers, without HTTP. The program (`app.ts`) and the library (`library/`) both
 * build on it. Redis may be unreachable. Throws if the database is unreachable or not migrated, and then leaves nothing
 * open.
 */
export async function openEngine(
  settings: EngineSettings,
  createChannels: (guard: GuardOptions) => Channels,
  instruments: Instruments,
  log: Logger,
): Promise<Engine> {
  const shutdown = createShutdown(log);
  try {
    return await build(settings, createChannels, instruments, log, shutdown);
  } catch (error) {
    await shutdown.run(SHUTDOWN_MS);
    throw error;
  }
}

async function build(
  settings: EngineSettings,
  createChannels: (guard: GuardOptions) => Channels,
  instruments: Instruments,
  log: Logger,
  shutdown: ReturnType<typeof createShutdown>,
): Promise<Engine> {
  const db = await withVariableName(
    'DATABASE_URL',
    openDatabase(settings.databaseUrl, [...entities, ...adminEntities], migrations),
  );
  shutdown.add('connections', () => db.destroy());
  if (await db.showMigrations())
    throw new Error('The database is not migrated: run "autoclose migrate" first.');
  const clock = await followDatabaseClock(db, { log, onJump: instruments.clockJumped });
  shutdown.add('connections', clock.stop);

  const redis = openProducerRedis(settings.redis, log);
  shutdown.add('connections', async () => redis.disconnect());
  if (!(await waitForConnection(redis))) log.error('redis unreachable; orders will close late');
  const shouldAlert = createAlertLimiter(ticks, ALERT_INTERVAL_MS);
  const maxCalls = settings.closeConcurrency + REQUEST_CALLS;
  const onStatedTime = (at: Date) => clock.observe(at);
  const channels = createChannels({ clock, ticks, log, shouldAlert, onStatedTime, maxCalls });
  // Also for channels that are no longer configured: their open orders still have to end.
  const served = [...new Set([...channelNames, ...channels.keys()])];
  const place = { prefix: settings.redisPrefix, owner: await readInstallation(db), channels: served };
  const watch = watchQueue(redis, place, log);
  shutdown.add('connections', async () => watch.stop());
  await watch.check();
  const queues = createCloseQueues(redis, settings.redisPrefix, clock, log, watch, instruments.telemetry);
  const store = instruments.store(createOrderStore(db));
  const leases = createLeaseKeeper(store, clock, log, instruments.leaseLost);
  shutdown.add('connections', leases.stop);
  const deps: OrderDeps = {
    store,
    refunds: createRefundStore(db),
    stuck: createStuckStore(db),
    leases,
    channels,
    timer: queues,
    clock,
    log,
    shouldAlert,
    outage: createOutage(log, () => refusesWrites(db)),
    expiresInMs: settings.expiresInMs,
    closeGraceMs: settings.closeGraceMs,
    latePaymentPolicy: settings.latePaymentPolicy,
    random: Math.random,
  };
  const notices = instruments.notices(createNoticeStore(db));
  const processes = createProcessStore(db);
  const heartbeat = createHeartbeat(processes, channels, packageVersion(), log);
  shutdown.add('connections', () => heartbeat.stop());
  let isWorking = false;
  let isClosed = false;

  return {
    deps,
    notices,
    processes,
    heartbeat,
    queues: queues.queues(),
    readDepths: queues.depths,
    readQueueHealth: watch.check,
    db,
    redis,
    work(messenger, queues = served) {
      if (isWorking || isClosed) return;
      isWorking = true;
      const connection = openWorkerRedis(settings.redis, log);
      shutdown.add('connections', async () => connection.disconnect());
      const ran = new Set(queues);
      const pace = { concurrency: settings.closeConcurrency, perSecond: settings.closesPerSecond };
      const workers = startCloseWorkers(deps, connection, watch, ran, {
        ...pace,
        prefix: settings.redisPrefix,
        telemetry: instruments.telemetry,
      });
      shutdown.add('work', () => workers.end());
      const direct = createDirectRunner(deps, ran, pace);
      shutdown.add('work', () => direct.stop());
      const sweeper = startSweeper(deps, settings.sweepIntervalMs, direct.offer, (counts) => {
        heartbeat.swept(clock.now());
        instruments.swept(counts);
      });
      shutdown.add('work', () => sweeper.stop());
      heartbeat.begin('works');
      if (messenger === null) return;
      const relay = startNoticeRelay({ ...messenger, notices, clock, log, outage: deps.outage });
      shutdown.add('work', () => relay.stop());
    },
    shutdown,
    async close() {
      isClosed = true;
      await shutdown.run(SHUTDOWN_MS);
    },
  };
}
