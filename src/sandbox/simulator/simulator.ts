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
import { simulatorKeys } from './keys.ts';
import { createNotifier } from './notify/notifier.ts';
import { createRandom } from './random.ts';
import {
  defaultSettings,
  emptyLedgers,
  type Settings,
  type SimulatorEnvironment,
  type SimulatorKeys,
  simulators,
  type WholeWorld,
} from './simulators.ts';

export interface SimulatorOptions {
  /** 0: a free port. */
  port?: number;
  host?: string;
  clock?: SimulatorClock;
  /** The same seed repeats the same nonces and faulty requests. */
  seed?: number;
  settings?: Partial<Settings>;
  /** Generated once per process unless given. */
  keys?: SimulatorKeys;
}

export interface Simulator {
  url: string;
  /** The product's environment variables for this simulator. */
  env: SimulatorEnvironment;
  keys: SimulatorKeys;
  control: Control;
  claims: Claims;
  /** Ends open connections, timers and notification retries at once. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts the gateways of `simulators.ts` on one port. They sign and verify with real RSA keys, keep
 * their orders in memory, and notify payments on the channels' schedules; `control` steers them.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', clock = createSimulatorClock(), seed = 1, settings } = options;
  const random = createRandom(seed);
  let lastId = 0;
  const world: WholeWorld = {
    clock,
    keys: options.keys ?? (await simulatorKeys()),
    random,
    settings: { ...defaultSettings, ...settings },
    ...emptyLedgers(),
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

/** The gateways' names, for people. */
export const labels = Object.values(simulators)
  .map(({ label }) => label)
  .join(', ')
  .replace(/, ([^,]+)$/, ' and $1');

function environment(keys: SimulatorKeys, url: string): SimulatorEnvironment {
  return Object.assign({}, ...Object.values(simulators).map((gateway) => gateway.env(keys, url)));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
