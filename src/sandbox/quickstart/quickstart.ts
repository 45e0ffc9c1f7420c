import { randomBytes } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type App, openApp } from '../../app.ts';
import { readConfig } from '../../config.ts';
import { migrate } from '../../migrate.ts';
import { createLogger } from '../../platform/log/logger.ts';
import { provideServices } from '../services/services.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { addDemoUser, DEMO, type DemoUser } from './demo-user.ts';
import { receiveNotices, type ShopNotices } from './notices.ts';
import { forgetUnfinished, refuseForeignDatabase } from './own-database.ts';
import { playInstructions } from './play.ts';
import { playCustomer } from './play-customer.ts';
import { retryFor } from './retry-for.ts';
import { type Customer, customers } from './scenario.ts';
import { openShop, type Shop } from './shop.ts';
import { endedRight, isNotified, type Summary, summarize, type Watched } from './summary.ts';
import { createScreen, renderSummary, renderTable } from './table.ts';

const SIGN = { signSecret: '123456', signType: 'HMAC_SHA256' } as const;
/** Ms between expiry and close; short, so that the reader need not wait. */
const GRACE_MS = 500;
/** The first order's lifetime, ms; each further one lives a little longer, so that the reader sees them end one by one. */
const FIRST_LIFE_MS = 5_000;
const FURTHER_LIFE_MS = 250;
const FRAME_MS = 200;
/** An order that is still open after this time has failed. */
const LIMIT_MS = 60_000;

export interface QuickstartOptions {
  env: NodeJS.ProcessEnv;
  /** Exit after the summary. */
  once: boolean;
  /** The summary as one JSON object on the last line of standard output; everything else goes to standard error. */
  json: boolean;
  /** Aborted when the reader stops it. */
  signal: AbortSignal;
}

/**
 * Runs everything on one machine: services, migration, API, worker, admin page with a demo user, the gateways' simulators,
 * and a small shop with twenty customers. Never uses real channels or others' data. True if every order ended correctly on
 * both sides and the shop was notified; null if it was interrupted before.
 */
export async function quickstart({
  env,
  once: endsAfterSummary,
  json,
  signal,
}: QuickstartOptions): Promise<boolean | null> {
  // Twenty customers, and more, listen for it at the same time.
  setMaxListeners(0, signal);
  const say = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`);
  const services = await provideServices({ env, say });
  for (const line of services.description) say(line);
  const simulator = await startSimulator();
  try {
    if (signal.aborted) return null;
    await refuseForeignDatabase(services.databaseUrl);
    await migrate(services.databaseUrl);
    await forgetUnfinished(services.databaseUrl);
    const run = randomBytes(4).toString('hex');
    const logFile = join(tmpdir(), `autoclose-quickstart-${run}.log`);
    const port = await portNear(wantedPort(env), say);
    const config = readConfig({
      ...simulator.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      REDIS_PREFIX: `autoclose-quickstart-${run}`,
      SIGN_SECRET: SIGN.signSecret,
      SIGN_TYPE: SIGN.signType,
      // The commands printed at the end must work however late they are tried.
      REQ_TIME_TOLERANCE_S: '0',
      CLOSE_GRACE_MS: String(GRACE_MS),
      SWEEP_INTERVAL_MS: '5000',
      NOTICE_ALLOW_PRIVATE: 'true',
      METRICS_PORT: '0',
    });
    const app = await openApp(config, createLogger('info', { file: logFile }));
    let user: DemoUser | undefined;
    try {
      if (!app.isQueueReachable()) throw new Error('REDIS_URL: cannot be reached');
      user = await addDemoUser(app.admin, run);
      const url = await app.serve();
      app.work();
      say(`API and worker: ${url}   gateways: ${simulator.url}   log: ${logFile}`);
      // Only on standard output or error: logs are kept and read by others.
      say(`Admin page: ${url}/admin   user: ${user.name}   password: ${user.password} (for this run)\n`);

      const notices = await receiveNotices(url, SIGN);
      const shop = openShop(url, SIGN, notices.url);
      const market = { app, simulator, shop, notices };
      const summary = await sellAndWatch(market, run, { quiet: json, signal });
      if (summary === null) return null;
      if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
      else for (const line of renderSummary(summary, GRACE_MS)) say(line);
      if (!endsAfterSummary) {
        for (const line of playInstructions({ apiUrl: url, simulatorUrl: simulator.url, shop, run }))
          say(line);
        if (!signal.aborted) await once(signal, 'abort');
      }
      return summary.wrong === 0 && summary.notified === summary.orders;
    } finally {
      // If the database is away, or was started by us, nobody can sign in either.
      await user?.end().catch(() => undefined);
      await app.close();
    }
  } finally {
    await simulator.close();
    await services.stop();
  }
}

async function sellAndWatch(
  { app, simulator, shop, notices }: { app: App; simulator: Simulator; shop: Shop; notices: ShopNotices },
  run: string,
  { quiet, signal }: { quiet: boolean; signal: AbortSignal },
): Promise<Summary | null> {
  const sold: { customer: Customer; orderNo: string }[] = [];
  const customersPlaying: Promise<void>[] = [];
  for (const [index, customer] of customers().entries()) {
    let tries = 0;
    const sell = async () => {
      if (signal.aborted) return null;
      tries += 1;
      const expiresAt = new Date(
        Math.ceil((Date.now() + FIRST_LIFE_MS + index * FURTHER_LIFE_MS) / 1000) * 1000,
      );
      // A failed attempt may have created an order: its code is never shown, and it expires.
      const bizOrderNo = [`${DEMO}${run}`, index + 1, ...(tries === 1 ? [] : [tries])].join('-');
      return { ...(await shop.sell(bizOrderNo, customer, expiresAt)), expiresAt };
    };
    const order = await retryFor(sell, LIMIT_MS);
    if (order === null) return null;
    const { orderNo, expiresAt } = order;
    sold.push({ customer, orderNo });
    customersPlaying.push(playCustomer(simulator, customer, { orderNo, expiresAt }, signal));
  }
  async function look(): Promise<Watched[]> {
    return Promise.all(
      sold.map(async ({ customer, orderNo }) => {
        const order = await app.deps.store.find(orderNo);
        if (order === null) throw new Error(`order ${orderNo} is gone`);
        const atGateway = simulator.control.order(orderNo);
        return { customer, order, atGateway, notified: notices.lastStatus(orderNo) };
      }),
    );
  }

  const screen = createScreen(process.stdout, sold.length + 1);
  const deadline = Date.now() + LIMIT_MS;
  let all = await retryFor(look, LIMIT_MS);
  const isOver = (watched: Watched) => endedRight(watched) && isNotified(watched);
  while (!all.every(isOver) && Date.now() < deadline) {
    if (!quiet && screen.isLive) screen.draw(renderTable(all, new Date(), screen));
    await wait(FRAME_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    // While the database is away, keep showing the last state.
    all = await look().catch(() => all);
  }
  await Promise.all(customersPlaying);
  if (signal.aborted) return null;
  all = await retryFor(look, LIMIT_MS);
  if (!quiet) screen.draw(renderTable(all, new Date(), screen));
  return summarize(all);
}

function wantedPort(env: NodeJS.ProcessEnv): number {
  const port = env.PORT?.trim() || '9000';
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new Error('PORT: must be a whole number up to 65535');
  return Number(port);
}

/** The wanted port, or a free one if it is taken. */
async function portNear(wanted: number, say: (line: string) => void): Promise<number> {
  const port = await listenOnce(wanted);
  if (port !== null) return port;
  say(`Port ${wanted} is in use; using a free one.`);
  const free = await listenOnce(0);
  if (free === null) throw new Error('no free port');
  return free;
}

/** The port, if it could listen on it; null if it is in use. */
function listenOnce(port: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
