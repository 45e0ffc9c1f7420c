import { migrate } from '../../../src/migrate.ts';
import { freePort } from '../../../src/sandbox/services/free-port.ts';
import { type OwnServer, startOwnDatabase, startOwnRedis } from '../../../src/sandbox/services/services.ts';
import { type Simulator, startSimulator } from '../../../src/sandbox/simulator/simulator.ts';
import { type SilencingProxy, startProxy } from '../../../test/support/proxy.ts';
import { createDice } from '../dice.ts';
import { type EventLog, openEventLog } from './event-log.ts';
import { type Merchant, openMerchant } from './merchant.ts';
import type { StormPlan } from './plan/plan.ts';
import { compile } from './process/compile.ts';
import { type Compiled, type KeptProcess, keepProcess } from './process/kept-process.ts';

const SIGN_SECRET = 'storm-secret';
/** The dice of the merchant's server. */
const MERCHANT = -3;

/** A strike that may break off an attempt without a record, or after which its holder may lose its lease. */
export interface Interruption {
  at: Date;
  of: 'attempts' | 'leases';
}

/** Everything that a storm is made of, running. */
export interface Scene {
  plan: StormPlan;
  database: OwnServer;
  redis: OwnServer;
  /** Between our processes and the servers. */
  proxies: { database: SilencingProxy; redis: SilencingProxy };
  simulator: Simulator;
  merchant: Merchant;
  processes: KeptProcess[];
  events: EventLog;
  counts: { faults: number; kills: number };
  /** What was wrong at once, without waiting for the end. */
  accusations: string[];
  interruptions: Interruption[];
  end(): Promise<void>;
}

export async function openScene(plan: StormPlan, seed: number, say: (line: string) => void): Promise<Scene> {
  const closers: (() => Promise<unknown>)[] = [];
  const end = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  const started = async <T>(starting: Promise<T>, close: (it: T) => Promise<unknown>): Promise<T> => {
    const it = await starting;
    closers.push(() => close(it));
    return it;
  };
  const options = { env: process.env, say };
  const events = openEventLog();
  try {
    const results = await Promise.allSettled([
      started(startOwnDatabase(options), (server) => server.stop()),
      started(startOwnRedis(options), (server) => server.stop()),
      started(compile(), (compiled) => compiled.remove()),
      started(startSimulator({ seed, settings: plan.settings }), (simulator) => simulator.close()),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const [database, redis, compiled, simulator] = results.map((result) =>
      result.status === 'fulfilled' ? result.value : null,
    ) as [OwnServer, OwnServer, Compiled, Simulator];
    await migrate(database.url);
    const proxies = {
      database: await started(startProxy(database.url), (proxy) => proxy.end()),
      redis: await started(startProxy(redis.url), (proxy) => proxy.end()),
    };
    const port = await freePort();
    const baseUrl = `http://127.0.0.1:${port}`;
    const merchant = await started(
      openMerchant({
        baseUrl,
        signSecret: SIGN_SECRET,
        signType: plan.signType,
        dice: createDice(seed, MERCHANT),
        generationOf: (index) => plan.orders[index]?.generation ?? '2.0.8',
      }),
      (opened) => opened.end(),
    );
    const env = {
      ...simulator.env,
      DATABASE_URL: proxies.database.url,
      REDIS_URL: proxies.redis.url,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: baseUrl,
      SIGN_SECRET,
      SIGN_TYPE: plan.signType,
      SWEEP_INTERVAL_MS: '300',
      CLOSE_GRACE_MS: '0',
      METRICS_PORT: '0',
      LATE_PAYMENT_POLICY: plan.latePaymentPolicy,
      NOTICE_ALLOW_PRIVATE: 'true',
      LOG_LEVEL: 'info',
    };
    const processes = [
      { name: 'serve', command: 'serve', readyWith: 'api is listening' },
      { name: 'work 1', command: 'work --processes 1', readyWith: 'worker is running' },
      { name: 'work 2', command: 'work --processes 1', readyWith: 'worker is running' },
    ].map((each) => keepProcess(each, compiled, env, (what) => events.note(null, what)));
    for (const each of processes) closers.push(() => each.end());
    await Promise.all(processes.map((each) => each.ready()));
    return {
      plan,
      database,
      redis,
      proxies,
      simulator,
      merchant,
      processes,
      events,
      counts: { faults: 0, kills: 0 },
      accusations: [],
      interruptions: [],
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
