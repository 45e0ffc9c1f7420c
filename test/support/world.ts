import { randomBytes } from 'node:crypto';
import { Queue } from 'bullmq';
import { DataSource } from 'typeorm';
import { inject } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import type { ChannelName } from '../../src/channel/channel.ts';
import { readConfig } from '../../src/config.ts';
import { migrate } from '../../src/migrate.ts';
import { cancelOrder } from '../../src/order/cancel/cancel-order.ts';
import { closeOrder } from '../../src/order/close/close-order.ts';
import { createOrder } from '../../src/order/create/create-order.ts';
import { runDueOrder } from '../../src/order/due/run-due-order.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import type {
  CancelOutcome,
  CloseOutcome,
  CloseTrigger,
  CreateOrder,
  SyncOutcome,
} from '../../src/order/outcomes.ts';
import type { CloseRecord, Refund } from '../../src/order/store/entities.ts';
import { entities } from '../../src/order/store/tables.ts';
import { syncOrder } from '../../src/order/sync/sync-order.ts';
import { createLogger, type Logger } from '../../src/platform/log/logger.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';
import { queueName } from '../../src/timer/queue-name.ts';
import { applyTemplate } from './setup/template.ts';
import { startTestSimulator } from './simulator.ts';

/** A manual trigger. */
export const somebody: CloseTrigger = { kind: 'manual', actor: 'li', clientIp: null };

export const SIGN_SECRET = '123456';

/**
 * The world of one test file: its own database, its own prefix in Redis, the gateways, and the program, which is neither
 * listening nor working yet.
 */
export interface World {
  /** The environment for another process in this world. */
  env: Record<string, string>;
  simulator: Simulator;
  app: App;
  /** An app in the same world, as in another process. Closed with the world. */
  openApp(env?: Record<string, string>, log?: Logger): Promise<App>;

  /** Creates an order with the use case, and returns its row. */
  create(channel: ChannelName, request?: Partial<CreateOrder>): Promise<PaymentOrder>;
  reload(order: PaymentOrder): Promise<PaymentOrder>;
  /** Changes an order's row behind the program's back. */
  edit(order: PaymentOrder, set: Partial<PaymentOrder>): Promise<PaymentOrder>;
  /** Makes an order overdue by moving its times back, and returns it reloaded. */
  expire(order: PaymentOrder, agoMs?: number): Promise<PaymentOrder>;
  /** Runs one attempt to close the order, like its timer. */
  close(order: PaymentOrder, trigger?: CloseTrigger['kind']): Promise<CloseOutcome>;
  cancel(order: PaymentOrder, trigger?: CloseTrigger['kind']): Promise<CancelOutcome>;
  sync(order: PaymentOrder): Promise<SyncOutcome>;
  refunds(order: PaymentOrder): Promise<Refund[]>;
  /** Fires the order's timer now; returns when it fires again. */
  fire(order: PaymentOrder, by?: App): Promise<Date | null>;
  records(order: PaymentOrder): Promise<CloseRecord[]>;
  notifications(): Promise<{ orderNo: string | null; outcome: string; eventId: string }[]>;
  /** The state of the order's BullMQ job; `unknown` if there is none. */
  timerState(order: PaymentOrder): Promise<string>;
  /** The queue of a channel, to manipulate. Closed with the world. */
  queue(channel: ChannelName): Queue;
  query(sql: string): Promise<unknown>;
  end(): Promise<void>;
}

export async function createWorld(
  env: Record<string, string> = {},
  serverUrl: string = inject('databaseUrl'),
): Promise<World> {
  const name = `t${randomBytes(6).toString('hex')}`;
  const admin = await new DataSource({ type: 'mysql', url: serverUrl }).initialize();
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const databaseUrl = new URL(serverUrl);
  databaseUrl.pathname = `/${name}`;
  const isShared = serverUrl === inject('databaseUrl');
  if (isShared) await applyTemplate(databaseUrl.href, inject('template'));
  else await migrate(databaseUrl.href);

  const simulator = await startTestSimulator();
  // The gateways need our address before we listen.
  const port = await freePort();
  const worldEnv: Record<string, string> = {
    ...simulator.env,
    DATABASE_URL: databaseUrl.href,
    REDIS_URL: inject('redisUrl'),
    REDIS_PREFIX: name,
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    SIGN_SECRET,
    CLOSE_GRACE_MS: '0',
    // An answer that comes late on a busy machine is not lost. Where none comes, tests wait less long.
    CHANNEL_TIMEOUT_MS: '15000',
    METRICS_PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    ...env,
  };
  const apps: App[] = [];
  async function open(more: Record<string, string> = {}, log?: Logger): Promise<App> {
    const config = readConfig({ ...worldEnv, ...more });
    const app = await openApp(config, log ?? createLogger(config.server.LOG_LEVEL));
    apps.push(app);
    return app;
  }
  const app = await open();
  const db = await new DataSource({
    type: 'mysql',
    url: databaseUrl.href,
    entities,
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
  }).initialize();
  let orderCount = 0;
  const queues = new Map<ChannelName, Queue>();
  const openQueue = (channel: ChannelName) =>
    new Queue(queueName(channel), { connection: { url: worldEnv.REDIS_URL }, prefix: name });

  const world: World = {
    env: worldEnv,
    simulator,
    app,
    openApp: open,
    async create(channel, request = {}) {
      orderCount += 1;
      const outcome = await createOrder(app.deps, {
        ...orderRequest(channel, `P${name}-${orderCount}`),
        ...request,
      });
      if (outcome.kind !== 'created') throw new Error(`not created: ${JSON.stringify(outcome)}`);
      return world.reload(outcome.order);
    },
    reload: (order) => app.deps.store.get(order.id),
    async edit(order, set) {
      await db.getRepository<PaymentOrder>('PaymentOrder').update({ id: order.id }, set);
      return world.reload(order);
    },
    async expire(order, agoMs = 1) {
      const past = new Date(app.deps.clock.now().getTime() - agoMs);
      return world.edit(order, { expiresAt: past, nextCloseAt: past });
    },
    async close(order, kind = 'timeout') {
      return closeOrder(app.deps, await world.reload(order), { kind, actor: null, clientIp: null });
    },
    async cancel(order, kind = 'api') {
      return cancelOrder(app.deps, await world.reload(order), { kind, actor: null, clientIp: null });
    },
    async sync(order) {
      return syncOrder(app.deps, await world.reload(order), { kind: 'api', actor: null, clientIp: null });
    },
    refunds: (order) => db.getRepository<Refund>('Refund').findBy({ orderId: order.id }),
    async fire(order, by = app) {
      await world.edit(order, { nextCloseAt: new Date(0) });
      const trigger = { kind: 'timeout', actor: null, clientIp: null } as const;
      const next = await runDueOrder(by.deps, order.orderNo, trigger);
      if (next.kind === 'never') return null;
      return next.kind === 'at' ? next.at : next.until;
    },
    records: (order) =>
      db
        .getRepository<CloseRecord>('CloseRecord')
        .find({ where: { orderId: order.id }, order: { id: 'ASC' } }),
    notifications: () =>
      db.query(
        'SELECT order_no AS orderNo, outcome, event_id AS eventId FROM channel_notification ORDER BY id',
      ),
    timerState: (order) => world.queue(order.channel).getJobState(order.orderNo),
    queue(channel) {
      const queue = queues.get(channel) ?? openQueue(channel);
      queues.set(channel, queue);
      return queue;
    },
    query: (sql) => db.query(sql),
    async end() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await Promise.all(apps.map((each) => each.close()));
      await simulator.close();
      await db.destroy();
      await admin.query(`DROP DATABASE ${name}`);
      await admin.destroy();
    },
  };
  return world;
}

export function orderRequest(channel: ChannelName, bizOrderNo: string): CreateOrder {
  return {
    bizOrderNo,
    channel,
    method: 'qrcode',
    title: '测试商品',
    description: null,
    amountFen: 100,
    expiresAt: null,
    attach: null,
    notifyUrl: null,
    returnUrl: null,
    notNotify: false,
    clientIp: null,
    apiGeneration: null,
    authCode: null,
    openId: null,
  };
}
