import { createAdminDeps, createOrderAdmin, forReading } from './admin-app.ts';
import { createChannels } from './channels.ts';
import { type Config, channelVariables, redisAddress, type ServerConfig } from './config.ts';
import { type EngineSettings, openEngine } from './engine.ts';
import type { OrderAdmin } from './http/admin/orders/order-routes.ts';
import { noticeBody } from './http/daxpay/answer/notice-body.ts';
import { createMonitor } from './http/health/monitor.ts';
import { createServer } from './http/server.ts';
import { CALLBACK_URL } from './notice/callback-url.ts';
import type { NoticeStore } from './notice/notice-store.ts';
import { createPublicResolver, resolveAnywhere } from './notice/resolve-host.ts';
import { createNoticeSender } from './notice/send-notice.ts';
import { createFigureGauges } from './observe/figure-gauges.ts';
import { measureChannel } from './observe/measure-channel.ts';
import { measureNotices } from './observe/measure-notices.ts';
import { measureStore } from './observe/measure-store.ts';
import { measureSweep } from './observe/measure-sweep.ts';
import { createMetrics } from './observe/metrics.ts';
import { readReadiness } from './observe/readiness.ts';
import { createOrder } from './order/create/create-order.ts';
import type { OrderDeps } from './order/deps.ts';
import { receiveNotification } from './order/payment/receive-notification.ts';
import { requestCancel, requestClose, requestSync } from './order/requests/close-cancel-sync.ts';
import { entities } from './order/store/tables.ts';
import type { Logger } from './platform/log/logger.ts';
import { openReaders } from './platform/mysql/open-readers.ts';
import { withVariableName } from './platform/mysql/variable-name.ts';
import { createNonceMemory } from './platform/nonce-memory.ts';
import { packageVersion } from './platform/package.ts';
import { answersWithin } from './platform/timeout.ts';
import type { ProcessStore } from './process/process-store.ts';
import type { QueueHealth } from './timer/queue-health.ts';
import { type Admin, createAdmin } from './users/admin.ts';
import { adminEntities } from './users/entities.ts';
import { startPurge } from './users/purge.ts';
import { readBehind } from './view/dashboard/behind.ts';
import { createFigures, type ReadFigures } from './view/dashboard/figures.ts';
import { readVitals } from './view/dashboard/vitals.ts';

/** Time limit of health checks, ms: the caller gives up soon. */
const HEALTH_LIMIT_MS = 2_000;

export interface App {
  deps: OrderDeps;
  /** Outgoing merchant notices. */
  notices: NoticeStore;
  /** The processes that share this database. */
  processes: ProcessStore;
  /** The dashboard's figures; at most two seconds old. Throws if the database is unreachable. */
  figures: ReadFigures;
  /** The admin page's queries and actions on orders. */
  orderAdmin: OrderAdmin;
  /** The admin page's users, sessions and audit trail. */
  admin: Admin;
  /** Whether the queue is reachable now. */
  isQueueReachable(): boolean;
  /** Checks now whether Redis can hold timers. Takes a few seconds at most, never throws. */
  readQueueHealth(): Promise<QueueHealth>;
  /** Starts the API for merchants and channels; returns its address. */
  serve(): Promise<string>;
  /** Starts the worker: the timers of each channel, the sweep, and the merchant notices. */
  work(): void;
  /** Shuts down: stops all work and waits for what is in progress, then closes the connections. Never throws. */
  close(): Promise<void>;
}

/**
 * Builds the whole program from its configuration: the engine and its HTTP API. Redis may be unreachable. Throws if the
 * database is unreachable or not migrated, and then leaves nothing open.
 */
export async function openApp({ server, channels: configured }: Config, log: Logger): Promise<App> {
  const tracing = await tracingOf(server);
  const metrics = createMetrics();
  const readers = openReaders(server.DATABASE_URL, [...entities, ...adminEntities], log);
  metrics.sweepInterval.set(server.SWEEP_INTERVAL_MS / 1000);
  const engine = await openEngine(
    engineSettings(server),
    (guard) =>
      createChannels(
        configured,
        { publicUrl: server.PUBLIC_URL, callTimeoutMs: server.CHANNEL_TIMEOUT_MS },
        guard,
        (channel) => measureChannel(channel, metrics),
      ),
    {
      store: (store) => measureStore(store, metrics),
      notices: (notices) => measureNotices(notices, metrics),
      leaseLost: () => metrics.leasesLost.inc(),
      clockJumped: () => metrics.clockJumps.inc(),
      swept: (counts) => measureSweep(counts, metrics),
      telemetry: tracing?.telemetry,
    },
    log,
  ).catch(async (error: unknown) => {
    await Promise.allSettled([tracing?.stop(), readers.close()]);
    throw error;
  });
  const { deps, notices, processes, heartbeat, db, redis, shutdown } = engine;
  const { clock } = deps;
  if (tracing !== null) shutdown.add('connections', () => tracing.stop());
  shutdown.add('connections', readers.close);
  await readers.tried;

  const figures = createFigures({
    db: readers.db,
    deps: forReading(deps, readers.db),
    processes,
    readDepths: engine.readDepths,
    readQueueHealth: engine.readQueueHealth,
  });
  const vitals = () => readVitals({ db, deps, processes });
  const behind = () => readBehind(db, clock.now());
  const refreshGauges = createFigureGauges(metrics.registry, { vitals, behind, figures }, deps.channels);
  const health = {
    isHealthy: () => answersWithin(HEALTH_LIMIT_MS, db.query('SELECT 1')),
    readiness: () => readReadiness(db, engine.readQueueHealth),
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
  shutdown.add('connections', () => monitor.close());
  const admin = createAdmin(readers.db, clock);
  const orderAdmin = createOrderAdmin(readers.db, deps, notices);
  const signSettings = { signSecret: server.SIGN_SECRET, signType: server.SIGN_TYPE };

  if (deps.channels.size === 0) log.warn(`no channel configured; set ${channelVariables}`);

  return {
    deps,
    notices,
    processes,
    figures,
    orderAdmin,
    admin,
    isQueueReachable: () => redis.status === 'ready',
    readQueueHealth: engine.readQueueHealth,
    async serve() {
      if (!(await admin.users.exist()))
        log.warn(
          { command: 'autoclose admin add NAME --role admin' },
          'admin page has no user yet; create the first with this command',
        );
      const purging = startPurge(admin, log);
      shutdown.add('work', purging.stop);
      const http = createServer({
        log,
        clock,
        settings: {
          ...signSettings,
          signRequired: server.SIGN_REQUIRED,
          mchNo: server.MCH_NO,
          appId: server.APP_ID,
          reqTimeToleranceS: server.REQ_TIME_TOLERANCE_S,
          rateLimitPerMinute: server.RATE_LIMIT_PER_MINUTE,
        },
        trustProxy: server.TRUST_PROXY,
        createOrder: (request) => createOrder(deps, request),
        closeOrder: (numbers, trigger) => requestClose(deps, numbers, trigger),
        cancelOrder: (numbers, trigger) => requestCancel(deps, numbers, trigger),
        syncOrder: (numbers, trigger) => requestSync(deps, numbers, trigger),
        async findOrder(numbers) {
          const named = await deps.store.findNamed(numbers);
          if (named !== null && named.contradiction !== null)
            log.warn(
              { orderNo: named.order.orderNo, contradiction: named.contradiction },
              'order numbers in the request contradict each other',
            );
          return named?.order ?? null;
        },
        rememberNonce: createNonceMemory(redis, server.REDIS_PREFIX, log),
        receiveNotification: (channel, raw) => receiveNotification(deps, channel, raw),
        ...health,
        onAnswered({ operation, generation, code, ms }) {
          metrics.apiRequests.inc({ operation, generation, code });
          metrics.apiDuration.observe({ operation }, ms / 1000);
        },
        admin: createAdminDeps({ admin, orderAdmin, figures, engine, publicUrl: server.PUBLIC_URL }),
      });
      shutdown.add('work', () => http.close());
      const url = await withVariableName('HOST, PORT', http.listen({ host: server.HOST, port: server.PORT }));
      heartbeat.begin('serves');
      await monitor.begin();
      return url;
    },
    work() {
      engine.work({
        accepts: (url) => url !== CALLBACK_URL,
        send: createNoticeSender(server.NOTICE_ALLOW_PRIVATE ? resolveAnywhere : createPublicResolver()),
        writeBody: (order, now) => noticeBody(order, signSettings, now),
      });
      void monitor.begin();
    },
    close: engine.close,
  };
}

/** Null: tracing is off, and its SDK is not loaded. */
async function tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: name }: ServerConfig) {
  if (endpoint === null) return null;
  const { startTracing } = await import('./observe/tracing.ts');
  return startTracing({ endpoint, name, version: packageVersion() });
}

function engineSettings(server: ServerConfig): EngineSettings {
  return {
    databaseUrl: server.DATABASE_URL,
    redis: redisAddress(server),
    redisPrefix: server.REDIS_PREFIX,
    expiresInMs: server.ORDER_EXPIRES_IN_S * 1000,
    closeGraceMs: server.CLOSE_GRACE_MS,
    latePaymentPolicy: server.LATE_PAYMENT_POLICY,
    closeConcurrency: server.CLOSE_CONCURRENCY,
    closesPerSecond: server.CHANNEL_CLOSES_PER_S,
    sweepIntervalMs: server.SWEEP_INTERVAL_MS,
  };
}
