import { migrations } from '../migrations/index.ts';
import { createOrderAdmin } from './admin-app.ts';
import { channelNames } from './channel/channel.ts';
import { createChannels } from './channels.ts';
import { type Config, redisAddress, type ServerConfig } from './config.ts';
import type { OrderAdmin } from './http/admin/order-routes.ts';
import { noticeBody } from './http/daxpay/notice-body.ts';
import { createMonitor } from './http/health/monitor.ts';
import { createServer } from './http/server.ts';
import { createNoticeStore, type NoticeStore } from './notice/notice-store.ts';
import { startNoticeRelay } from './notice/relay.ts';
import { createPublicResolver, resolveAnywhere } from './notice/resolve-host.ts';
import { createNoticeSender } from './notice/send-notice.ts';
import { createFigureGauges } from './observe/figure-gauges.ts';
import { measureChannel } from './observe/measure-channel.ts';
import { measureNotices } from './observe/measure-notices.ts';
import { measureStore } from './observe/measure-store.ts';
import { measureSweep } from './observe/measure-sweep.ts';
import { createMetrics } from './observe/metrics.ts';
import { readReadiness } from './observe/readiness.ts';
import { cancelByHand, closeByHand, syncByHand } from './order/by-hand.ts';
import { createOrder } from './order/create-order.ts';
import type { OrderDeps } from './order/deps.ts';
import { entities } from './order/entities.ts';
import { keepLeases } from './order/lease-keeper.ts';
import { receiveNotification } from './order/receive-notification.ts';
import { createRefundStore } from './order/refund-store.ts';
import { createOrderStore } from './order/store.ts';
import { createStuckStore } from './order/stuck-store.ts';
import { answersWithin } from './platform/answer-within.ts';
import { ticks } from './platform/clock.ts';
import { openDatabase } from './platform/database.ts';
import { followDatabaseClock } from './platform/database-clock.ts';
import type { Logger } from './platform/logger.ts';
import { createNonceMemory } from './platform/nonce-memory.ts';
import { connectedOrNot, openProducerRedis, openWorkerRedis } from './platform/redis.ts';
import { createReleases } from './platform/releases.ts';
import { createTellOnce } from './platform/tell-once.ts';
import { createHeartbeat } from './process/heartbeat.ts';
import { createProcessStore, type ProcessStore } from './process/process-store.ts';
import { createCloseQueues } from './timer/close-queues.ts';
import { startCloseWorker } from './timer/close-worker.ts';
import { startSweeper } from './timer/sweeper.ts';
import { version } from './version.ts';
import { createFigures, type ReadFigures } from './view/figures.ts';

/** How long a shutdown waits for work in hand, ms. What is not done by then is given back: its lease runs out. */
const SHUTDOWN_MS = 8_000;

/** How often a person is told of a trouble that many orders share, ms. */
const TELL_AGAIN_MS = 3_600_000;

/** Calls to one channel at once, in one process, beyond those of its timers: the API's and the command line's. */
const CALLS_BY_HAND = 200;

/** Whoever asks after our health gives up soon, ms. */
const HEALTH_LIMIT_MS = 2_000;

export interface App {
  deps: OrderDeps;
  /** What merchants are told. */
  notices: NoticeStore;
  /** Which processes run. */
  processes: ProcessStore;
  /** What the admin page shows of orders and does with them. */
  orderAdmin: OrderAdmin;
  /** The dashboard's figures; at most two seconds old. Throws when the database cannot be reached. */
  figures: ReadFigures;
  /** Whether the queue can be reached now. */
  isQueueReachable(): boolean;
  /** Listens for merchants and channels; the address. */
  serve(): Promise<string>;
  /** Runs the timers: a worker for each channel, the sweep, and the notices to merchants. */
  work(): void;
  /** Ends what was started: intake and work in hand first, all at once, then the connections. Never throws. */
  close(): Promise<void>;
}

/**
 * Builds the whole program from its configuration; the only place that constructs things. Throws if the database
 * cannot be reached or is not migrated, and leaves nothing open then; Redis may be away.
 */
export async function openApp(config: Config, log: Logger): Promise<App> {
  const releases = createReleases(log);
  try {
    return await build(config, log, releases);
  } catch (error) {
    await releases.run(SHUTDOWN_MS);
    throw error;
  }
}

async function build(
  { server, ...channelConfig }: Config,
  log: Logger,
  releases: ReturnType<typeof createReleases>,
): Promise<App> {
  const db = await naming('DATABASE_URL', openDatabase(server.DATABASE_URL, entities, migrations));
  releases.add('connections', () => db.destroy());
  if (await db.showMigrations())
    throw new Error('The database is not migrated: run "autoclose migrate" first.');
  const clock = await followDatabaseClock(db);
  releases.add('connections', async () => clock.stop());

  const tracing = await tracingOf(server);
  if (tracing !== null) releases.add('connections', () => tracing.stop());
  const telemetry = tracing?.telemetry;
  const metrics = createMetrics();

  const redis = openProducerRedis(redisAddress(server), log);
  releases.add('connections', async () => redis.disconnect());
  if (!(await connectedOrNot(redis)))
    log.error('redis cannot be reached: orders close late until it is back');
  const queues = createCloseQueues(redis, server.REDIS_PREFIX, clock, log, telemetry);
  const tellOnce = createTellOnce(ticks, TELL_AGAIN_MS);
  const maxCalls = server.CLOSE_CONCURRENCY + CALLS_BY_HAND;
  const guard = { clock, ticks, log, tellOnce, maxCalls };
  const channels = createChannels(channelConfig, server.PUBLIC_URL, guard, (channel) =>
    measureChannel(channel, metrics),
  );
  const store = measureStore(createOrderStore(db), metrics);
  const leases = keepLeases(store, clock, log, () => metrics.leasesLost.inc());
  releases.add('connections', async () => leases.stop());
  const deps: OrderDeps = {
    store,
    refunds: createRefundStore(db),
    stuck: createStuckStore(db),
    leases,
    channels,
    timer: queues,
    clock,
    log,
    tellOnce,
    expiresInMs: server.ORDER_EXPIRES_IN_S * 1000,
    closeGraceMs: server.CLOSE_GRACE_MS,
    latePaymentPolicy: server.LATE_PAYMENT_POLICY,
    random: Math.random,
  };

  const processes = createProcessStore(db);
  const heartbeat = createHeartbeat(processes, channels, version, log);
  releases.add('connections', () => heartbeat.stop());
  const figures = createFigures({ db, deps, processes, readDepths: queues.depths });

  const refreshGauges = createFigureGauges(metrics.registry, figures, channels);
  const health = {
    isHealthy: () => answersWithin(HEALTH_LIMIT_MS, db.query('SELECT 1')),
    readiness: () => readReadiness(db, redis),
  };
  const monitor = createMonitor(
    {
      log,
      ...health,
      async metrics() {
        await refreshGauges();
        return metrics.expose();
      },
    },
    { host: server.METRICS_HOST, port: server.METRICS_PORT },
  );
  releases.add('connections', () => monitor.close());

  const notices = measureNotices(createNoticeStore(db), metrics);
  const signSettings = { signSecret: server.SIGN_SECRET, signType: server.SIGN_TYPE };

  if (channels.size === 0)
    log.warn('no channel is configured: set the WECHAT_, ALIPAY_ or UNIONPAY_ variables');

  return {
    deps,
    notices,
    processes,
    orderAdmin: createOrderAdmin(db, deps, notices),
    figures,
    isQueueReachable: () => redis.status === 'ready',
    async serve() {
      const http = createServer({
        log,
        clock,
        settings: {
          ...signSettings,
          signRequired: server.SIGN_REQUIRED,
          reqTimeToleranceS: server.REQ_TIME_TOLERANCE_S,
          rateLimitPerMinute: server.RATE_LIMIT_PER_MINUTE,
        },
        trustProxy: server.TRUST_PROXY,
        createOrder: (wish) => createOrder(deps, wish),
        closeOrder: (numbers, trigger) => closeByHand(deps, numbers, trigger),
        cancelOrder: (numbers, trigger) => cancelByHand(deps, numbers, trigger),
        syncOrder: (numbers, trigger) => syncByHand(deps, numbers, trigger),
        findOrder: (numbers) => deps.store.findByNumbers(numbers),
        rememberNonce: createNonceMemory(redis, server.REDIS_PREFIX, log),
        receiveNotification: (channel, raw) => receiveNotification(deps, channel, raw),
        ...health,
        onAnswered: ({ operation, generation, code }) =>
          metrics.apiRequests.inc({ operation, generation, code }),
      });
      releases.add('work', () => http.close());
      const url = await naming('HOST, PORT', http.listen({ host: server.HOST, port: server.PORT }));
      heartbeat.begin('serves');
      await monitor.begin();
      return url;
    },
    work() {
      const connection = openWorkerRedis(redisAddress(server), log);
      releases.add('connections', async () => connection.disconnect());
      // Also for channels that are not configured any more: their open orders are somebody's business.
      for (const channel of channelNames) {
        const options = {
          channel,
          prefix: server.REDIS_PREFIX,
          concurrency: server.CLOSE_CONCURRENCY,
          perSecond: server.CHANNEL_CLOSES_PER_S,
          telemetry,
        };
        const worker = startCloseWorker(deps, connection, options);
        releases.add('work', () => worker.end());
      }
      const sweeper = startSweeper(deps, server.SWEEP_INTERVAL_MS, (counts) => {
        heartbeat.swept(clock.now());
        measureSweep(counts, metrics);
      });
      releases.add('work', () => sweeper.stop());
      heartbeat.begin('works');
      void monitor.begin();
      const relay = startNoticeRelay({
        notices,
        send: createNoticeSender(server.NOTICE_ALLOW_PRIVATE ? resolveAnywhere : createPublicResolver()),
        writeBody: (order, now) => noticeBody(order, signSettings, now),
        clock,
        log,
      });
      releases.add('work', () => relay.stop());
    },
    close: () => releases.run(SHUTDOWN_MS),
  };
}

/** Null: no traces are wanted. The SDK is loaded only where they are. */
async function tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: name }: ServerConfig) {
  if (endpoint === null) return null;
  const { startTracing } = await import('./observe/tracing.ts');
  return startTracing({ endpoint, name, version });
}

/** Says which variable an error is about: the message of a connection names only addresses. */
async function naming<T>(variable: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${variable}: ${reason}`, { cause: error });
  }
}
