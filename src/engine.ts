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
import { entities } from './order/store/entities.ts';
import { createLeaseKeeper } from './order/store/lease-keeper.ts';
import { createRefundStore } from './order/store/refund-store.ts';
import { createOrderStore, type OrderStore } from './order/store/store.ts';
import { createStuckStore } from './order/store/stuck-store.ts';
import { ticks } from './platform/clock/clock.ts';
import { followDatabaseClock } from './platform/clock/database-clock.ts';
import { createAlertLimiter } from './platform/log/alert-limiter.ts';
import type { Logger } from './platform/log/logger.ts';
import { createOutage } from './platform/log/outage.ts';
import { openDatabase, refusesWrites } from './platform/mysql/database.ts';
import { naming } from './platform/mysql/naming.ts';
import { packageVersion } from './platform/package.ts';
import { connectedOrNot, openProducerRedis, openWorkerRedis, type RedisAddress } from './platform/redis.ts';
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

/** How long a shutdown waits for work in hand, ms. What is not done by then is given back: its lease runs out. */
const SHUTDOWN_MS = 8_000;

/** How often a person is told of a trouble that many orders share, ms. */
const TELL_AGAIN_MS = 3_600_000;

/** Calls to one channel at once, in one process, beyond those of its timers: the API's and the command line's. */
const CALLS_BY_HAND = 200;

export interface EngineSettings {
  databaseUrl: string;
  redis: RedisAddress;
  /** In front of every key in Redis. */
  redisPrefix: string;
  /** From an order's creation to its expiry, where nobody says otherwise, ms. */
  expiresInMs: number;
  /** From an order's expiry to its close, ms. */
  closeGraceMs: number;
  latePaymentPolicy: LatePaymentPolicy;
  /** Closes under way at once, for each channel and process. */
  closeConcurrency: number;
  /** Closes begun in a second, for each channel, by all processes together; 0: any number. */
  closesPerSecond: number;
  sweepIntervalMs: number;
}

/** What measures an engine: it is given each part, and returns it or one that watches it. */
export interface Instruments {
  store(store: OrderStore): OrderStore;
  notices(notices: NoticeStore): NoticeStore;
  /** A lease ran out while it was held. */
  leaseLost(): void;
  /** The database's clock jumped by so much, ms; negative is back. */
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
  /** What is told of orders. */
  notices: NoticeStore;
  /** Which processes run. */
  processes: ProcessStore;
  /** That this one does; of what it works on it tells by itself. */
  heartbeat: Heartbeat;
  /** The queues, to be looked at. */
  queues: ReturnType<CloseQueues['queues']>;
  /** Null where Redis is away or unusable. Never throws. */
  readDepths(): Promise<QueueDepth[] | null>;
  /** Whether Redis can hold the timers, asked now. A few seconds at most, never throws. */
  readQueueHealth(): Promise<QueueHealth>;
  db: DataSource;
  /** For those who must not wait for it, see `openProducerRedis`. */
  redis: Redis;
  /**
   * Runs the timers: a worker for each of `queues`, the sweep, and, unless null, the notices. No effect where they run
   * already, and once the engine is closed.
   */
  work(tell: Messenger | null, queues?: Iterable<ChannelName>): void;
  shutdown: ReturnType<typeof createShutdown>;
  /** Ends what was started: intake and work in hand first, all at once, then the connections. Never throws. */
  close(): Promise<void>;
}

/**
 * The orders, their channels and their timers, without HTTP: what the program (`app.ts`) and the library
 * (`library/`) both stand on. Throws if the database cannot be reached or is not migrated, and leaves nothing open
 * then; Redis may be away.
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
  const db = await naming(
    'DATABASE_URL',
    openDatabase(settings.databaseUrl, [...entities, ...adminEntities], migrations),
  );
  shutdown.add('connections', () => db.destroy());
  if (await db.showMigrations())
    throw new Error('The database is not migrated: run "autoclose migrate" first.');
  const clock = await followDatabaseClock(db, { log, onJump: instruments.clockJumped });
  shutdown.add('connections', async () => clock.stop());

  const redis = openProducerRedis(settings.redis, log);
  shutdown.add('connections', async () => redis.disconnect());
  if (!(await connectedOrNot(redis))) log.error('redis unreachable; orders will close late');
  const shouldAlert = createAlertLimiter(ticks, TELL_AGAIN_MS);
  const maxCalls = settings.closeConcurrency + CALLS_BY_HAND;
  const onStatedTime = (at: Date) => clock.hear(at);
  const channels = createChannels({ clock, ticks, log, shouldAlert, onStatedTime, maxCalls });
  // Also of channels that are not configured any more: their open orders still have to end.
  const served = [...new Set([...channelNames, ...channels.keys()])];
  const place = { prefix: settings.redisPrefix, owner: await readInstallation(db), channels: served };
  const watch = watchQueue(redis, place, log);
  shutdown.add('connections', async () => watch.stop());
  await watch.look();
  const queues = createCloseQueues(redis, settings.redisPrefix, clock, log, watch, instruments.telemetry);
  const store = instruments.store(createOrderStore(db));
  const leases = createLeaseKeeper(store, clock, log, instruments.leaseLost);
  shutdown.add('connections', async () => leases.stop());
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
    readQueueHealth: watch.look,
    db,
    redis,
    work(tell, queues = served) {
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
      if (tell === null) return;
      const relay = startNoticeRelay({ ...tell, notices, clock, log, outage: deps.outage });
      shutdown.add('work', () => relay.stop());
    },
    shutdown,
    async close() {
      isClosed = true;
      await shutdown.run(SHUTDOWN_MS);
    },
  };
}
