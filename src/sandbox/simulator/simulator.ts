import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createSimulatorClock, type SimulatorClock } from './clock.ts';
import { type Claims, createClaims } from './control/claims.ts';
import { type Control, createControl } from './control/control.ts';
import { createControlHttp } from './control/http.ts';
import { createFaultBook } from './exchange/faults.ts';
import { createJournal } from './exchange/journal.ts';
import { serveGateways } from './exchange/server.ts';
import { createStaging } from './exchange/staging.ts';
import { privatePem, publicPem, type SimulatorKeys, simulatorKeys } from './keys.ts';
import { createNotifier } from './notify/notifier.ts';
import { createRandom } from './random.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { World } from './world.ts';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  port?: number;
  host?: string;
  clock?: SimulatorClock;
  /** Repeats the same nonces and the same unlucky requests. */
  seed?: number;
  settings?: Partial<Settings>;
  /** Made once a process unless given. */
  keys?: SimulatorKeys;
}

export interface Simulator {
  url: string;
  /** Environment variables with which the product talks to this simulator. */
  env: SimulatorEnvironment;
  keys: SimulatorKeys;
  control: Control;
  claims: Claims;
  /** Ends open connections, timers and notification retries at once. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts the gateways, WeChat Pay, Alipay and UnionPay, on one port. They sign and verify with real RSA keys, keep
 * their orders in memory, notify payments on the channels' schedules, and do what `control` says.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', clock = createSimulatorClock(), seed = 1, settings } = options;
  const random = createRandom(seed);
  let lastId = 0;
  const world: World = {
    clock,
    keys: options.keys ?? (await simulatorKeys()),
    random,
    settings: { ...defaultSettings, ...settings },
    wechat: { orders: new Map(), refunds: new Map() },
    alipay: { orders: new Map() },
    unionpay: { orders: new Map(), giveBacks: new Map() },
    faults: createFaultBook(random),
    staging: createStaging(),
    journal: createJournal(),
    notifier: createNotifier(clock),
    nextId: () => {
      lastId += 1;
      return lastId;
    },
  };
  const control = createControl(world);
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  const url = `http://${host}:${portOf(server)}`;
  const env = environment(world.keys, url);
  server.on('request', serveGateways(world, createControlHttp(control, env)));
  let ended: Promise<void> | undefined;

  async function end(): Promise<void> {
    world.notifier.stop();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    world.staging.clear();
  }

  return {
    url,
    env,
    keys: world.keys,
    control,
    claims: createClaims(world),
    close() {
      ended ??= end();
      return ended;
    },
  };
}

export type SimulatorEnvironment = ReturnType<typeof environment>;

function environment({ wechat, alipay, unionpay }: SimulatorKeys, url: string) {
  return {
    WECHAT_BASE_URL: `${url}/`,
    WECHAT_APP_ID: wechat.appId,
    WECHAT_MCH_ID: wechat.mchId,
    WECHAT_SERIAL_NO: wechat.serialNo,
    WECHAT_PRIVATE_KEY: privatePem(wechat.merchant.privateKey),
    WECHAT_API_V3_KEY: wechat.apiV3Key,
    WECHAT_PUBLIC_KEY_ID: wechat.publicKeyId,
    WECHAT_PUBLIC_KEY: publicPem(wechat.platform.publicKey),
    ALIPAY_ENDPOINT: url,
    ALIPAY_APP_ID: alipay.appId,
    ALIPAY_PRIVATE_KEY: privatePem(alipay.app.privateKey),
    ALIPAY_PUBLIC_KEY: publicPem(alipay.platform.publicKey),
    ALIPAY_SELLER_ID: alipay.sellerId,
    UNIONPAY_BASE_URL: url,
    UNIONPAY_MER_ID: unionpay.merId,
    UNIONPAY_CERT_ID: unionpay.certId,
    UNIONPAY_PRIVATE_KEY: privatePem(unionpay.merchant.privateKey),
    UNIONPAY_ROOT_CERT: unionpay.rootCert,
    UNIONPAY_MIDDLE_CERT: unionpay.middleCert,
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
