import type { DataSource } from 'typeorm';
import { migrations } from '../../../../migrations/index.ts';
import type { ChannelName, Channels, GuardedChannel } from '../../../../src/channel/channel.ts';
import { createChannels } from '../../../../src/channels.ts';
import { readConfig } from '../../../../src/config.ts';
import type { OrderDeps } from '../../../../src/order/deps.ts';
import { createRefundStore } from '../../../../src/order/store/refund-store.ts';
import { createOrderStore, type OrderStore } from '../../../../src/order/store/store.ts';
import { createStuckStore } from '../../../../src/order/store/stuck-store.ts';
import { entities } from '../../../../src/order/store/tables.ts';
import { type Clock, systemClock, ticks } from '../../../../src/platform/clock/clock.ts';
import { createLogger } from '../../../../src/platform/log/logger.ts';
import { openDatabase } from '../../../../src/platform/mysql/database.ts';
import { type Simulator, startSimulator } from '../../../../src/sandbox/simulator/simulator.ts';
import { createDatabase } from '../../database.ts';
import { GIVEN_UP, type Ledger } from '../judge/ledger.ts';
import { type Inbox, openInbox } from '../world/inbox.ts';
import { createProcesses, type Processes } from '../world/processes.ts';
import { createStepper, type Operation, type Step, type Stepper, type Stop } from '../world/stepper.ts';
import { createTimerModel, type TimerModel } from '../world/timer-model.ts';
import { createVirtualClock, type VirtualClock } from '../world/virtual-clock.ts';

/** What matters is only how it moves; but certificates that are made today must be good then. */
const START = Date.parse('2027-03-01T08:00:00.000Z');

/**
 * One world in which orders are lived one after the other: a database, both gateways and the product's use cases,
 * on one clock that only the scheduler moves. Lanes share nothing, so they may run side by side.
 */
export interface Lane {
  clock: VirtualClock;
  processes: Processes;
  stepper: Stepper;
  timer: TimerModel;
  inbox: Inbox;
  simulator: Simulator;
  /** The product, taken apart into steps. */
  deps: OrderDeps;
  /** The same rows, without stopping. */
  store: OrderStore;
  db: DataSource;
  channels: Channels;
  /** What the last creation handed out for the customer. */
  payBody(): string | null;
  /** The order's number, once it is known. */
  orderNo(): string | null;
  /** Begins an order's life. `offsetMs` moves its beginning within a second. */
  restart(life: LaneLife): Promise<void>;
  end(): Promise<void>;
}

/** What an order's life brings into its lane. */
export interface LaneLife {
  note: (line: string) => void;
  random: () => number;
  /** How soon a process continues after a step. */
  pickPace: (what: string, moment: Step['moment']) => number;
  offsetMs: number;
  /** The order was created at its channel, this long after the time in its row, ms. */
  creating: (ageMs: number) => void;
  /** The channel has answered. */
  received: Ledger['received'];
  /** A working process renews its lease; a suspended one may lose it. */
  prolongs: boolean;
}

/** What a channel is asked over the network; a request whose caller gives up may take effect later. */
const late = { kind: 'unknown', answer: GIVEN_UP };
const channelStops: Stop[] = [
  ...['create', 'query', 'close', 'refund', 'queryRefund'].map((name) => ({ name, late })),
  { name: 'cancel', onlyAfter: true },
];

export async function openLane(databaseServerUrl: string): Promise<Lane> {
  const database = await createDatabase(databaseServerUrl);
  const db = await openDatabase(database.url, entities, migrations);
  const clock = createVirtualClock();
  const simulator = await startSimulator({ clock });
  const inbox = await openInbox();
  const life = {
    note: (_line: string) => {},
    random: Math.random,
    pickPace: (_what: string, _moment: Step['moment']) => 1,
    creating: (_ageMs: number) => {},
    received: ((_what, _answer) => {}) as Ledger['received'],
    payBody: null as string | null,
    orderNo: null as string | null,
  };
  const stepper = createStepper(
    clock.now,
    (operation, what) => life.note(lineOf(operation, what)),
    (what, moment) => life.pickPace(what, moment),
  );
  const store = createOrderStore(db);
  const processes = createProcesses(clock, store, stepper.current, (own) =>
    openChannels(
      simulator,
      inbox.url,
      { own, gateway: clock },
      {
        handedOut(payBody) {
          life.payBody = payBody;
        },
        creating: (ageMs) => life.creating(ageMs),
        received: (what, answer) => life.received(what, answer),
      },
    ),
  );
  const { channels } = processes;
  const timer = createTimerModel(clock, processes.clock);

  const stepping = new Map<ChannelName, GuardedChannel>();
  for (const [name, channel] of channels) stepping.set(name, stepper.wrap(name, channel, channelStops));
  const named: OrderStore = {
    ...store,
    async insert(order) {
      const inserted = await store.insert(order);
      if (inserted === 'inserted') life.orderNo = order.orderNo;
      return inserted;
    },
  };
  const deps: OrderDeps = {
    store: stepper.wrap('store', named),
    refunds: stepper.wrap('refunds', createRefundStore(db)),
    channels: stepping,
    stuck: createStuckStore(db),
    leases: processes.leases,
    shouldAlert: () => true,
    outage: { reports: () => false, recovered() {} },
    latePaymentPolicy: 'refund',
    timer: stepper.wrap('timer', timer, [{ name: 'set' }, { name: 'ensure' }, { name: 'clear' }]),
    clock: processes.clock,
    log: createLogger('silent'),
    expiresInMs: 900_000,
    closeGraceMs: 5_000,
    random: () => life.random(),
  };

  return {
    clock,
    processes,
    stepper,
    timer,
    inbox,
    simulator,
    deps,
    store,
    db,
    channels,
    payBody: () => life.payBody,
    orderNo: () => life.orderNo,
    async restart({ offsetMs, prolongs, ...more }) {
      inbox.reset();
      simulator.control.reset();
      // The gateways compare the times in what a merchant signs with the machine's clock.
      simulator.control.settings.alipayTimestampWindowMs = Number.MAX_SAFE_INTEGER;
      clock.restart(new Date(START + offsetMs));
      stepper.reset();
      timer.reset();
      await processes.restart(prolongs);
      Object.assign(life, { ...more, payBody: null, orderNo: null });
    },
    async end() {
      await simulator.close();
      await inbox.end();
      await db.destroy();
      await database.drop();
    },
  };
}

const guard = { ticks, log: createLogger('silent'), shouldAlert: () => true, maxCalls: 1_000 };

/** The true channels, without guards. Signatures live by the machine's clock, deadlines by the process's own. */
function openChannels(
  simulator: Simulator,
  url: string,
  { own, gateway }: { own: Clock; gateway: Clock },
  life: {
    handedOut: (payBody: string) => void;
    creating: LaneLife['creating'];
    received: LaneLife['received'];
  },
): Channels {
  const { channels: configured } = readConfig({
    ...simulator.env,
    DATABASE_URL: 'mysql://not/used',
    REDIS_URL: 'redis://not-used',
    PUBLIC_URL: url,
    SIGN_SECRET: 'not used',
  });
  const byMachineClock = createChannels(configured, { publicUrl: url }, { ...guard, clock: systemClock });
  const channels = new Map<ChannelName, GuardedChannel>();
  for (const [name, guarded] of createChannels(configured, { publicUrl: url }, { ...guard, clock: own })) {
    const { unguarded: channel } = guarded;
    channels.set(name, {
      ...guarded,
      ...channel,
      unguarded: channel,
      parseNotification: byMachineClock.get(name)?.parseNotification ?? channel.parseNotification,
      // What the connection's own clock says besides would make the events of a seed differ.
      async query(order) {
        const { statedAt, ...result } = await channel.query(order);
        life.received('query', result);
        return statedAt === undefined ? result : { ...result, statedAt: wholeSecond(gateway.now()) };
      },
      async close(order) {
        const result = await channel.close(order);
        life.received('close', result);
        return result;
      },
      async create(order, payer) {
        life.creating(gateway.now().getTime() - order.createAttemptedAt.getTime());
        const result = await channel.create(order, payer);
        if (result.kind === 'created') life.handedOut(result.payBody);
        return result;
      },
    });
  }
  return channels;
}

const wholeSecond = (at: Date) => new Date(Math.floor(at.getTime() / 1_000) * 1_000);

function lineOf(operation: Operation | null, what: string): string {
  return operation === null ? what : `${operation.name}#${operation.id} ${what}`;
}
