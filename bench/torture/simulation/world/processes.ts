import type { Channel, ChannelName, Channels, GuardedChannel } from '../../../../src/channel/channel.ts';
import { guardChannel } from '../../../../src/channel/guard/guard.ts';
import type { Work } from '../../../../src/channel/parts.ts';
import type { PaymentOrder } from '../../../../src/order/order.ts';
import { asChannelOrder } from '../../../../src/order/order.ts';
import { createLeaseKeeper, type LeaseKeeper } from '../../../../src/order/store/lease-keeper.ts';
import type { OrderStore } from '../../../../src/order/store/store.ts';
import type { Clock } from '../../../../src/platform/clock/clock.ts';
import { type DatabaseClock, followDatabaseClock } from '../../../../src/platform/clock/database-clock.ts';
import { createLogger } from '../../../../src/platform/log/logger.ts';
import type { Operation } from './stepper.ts';

/** How many processes there are. Operations belong to one or another. */
export const PROCESSES = 3;
/** How often a process prolongs its leases, ms (`lease-keeper.ts`). */
const BEAT_MS = 2_000;
/** No more beats in a leap: by then an attempt is given up. */
const MAX_BEATS = 25;
/** How long a forward jump has to stand (`time-line.ts`), ms. */
const BELIEVED_AFTER_MS = 300_000;
/** More different orders than open a breaker. */
const OTHER_ORDERS = 6;

/**
 * What each process has for itself, as in production: a clock that follows the database's, breakers, and the leases that it
 * prolongs. Whatever asks gets that of the process whose operation is asking.
 */
export interface Processes {
  clock: Clock;
  channels: Channels;
  leases: LeaseKeeper;
  /** The database's clock jumps; it stays so. */
  jump(byMs: number): void;
  /** One process is suspended, as a paused virtual machine is, until its next measurement. */
  suspend(process: number, forMs: number): void;
  /** Other orders of this channel get no answer in one process: the breaker of what they ask for opens there. */
  failOthers(process: number, row: PaymentOrder, work: Work): Promise<void>;
  /** Between now and `until`, the moments at which leases are prolonged; none where nobody does that. */
  beatsUntil(until: Date): Date[];
  /** Leases of operations that live are prolonged. */
  beat(living: ReadonlySet<Operation>): Promise<void>;
  /** Each process looks at the database's clock. */
  measure(): Promise<void>;
  /** No process's time is earlier. */
  earliest(): Date;
  /** The operation's process may take the database's forward jump for true: it has stood, and no channel spoke against it. */
  mayBelieveJump(operation: Operation): boolean;
  /** Some clock has jumped in this life. */
  hasJumped(): boolean;
  /** Begins a life. `prolongs`: a process at work is one that lives, else one that stands still. */
  restart(prolongs: boolean): Promise<void>;
}

interface Process {
  clock: DatabaseClock;
  guards: Map<ChannelName, GuardedChannel>;
  /** How far its ticks are behind, ms. */
  lagMs: number;
  /** When a channel stated its own time, last. */
  heardAtMs: number;
  /** A jump had stood for so long that it may be taken for true. */
  believes: boolean;
}

export function createProcesses(
  trueClock: Clock,
  store: OrderStore,
  current: () => Operation | undefined,
  /** The channels without guards; each with its clock. */
  unguarded: (clock: Clock) => Channels,
): Processes {
  const log = createLogger('silent');
  const bare = new Map<ChannelName, Channel>();
  let processes: Process[] = [];
  let databaseAheadMs = 0;
  let jumped = false;
  let jumpedAtMs = 0;
  let prolongsLeases = false;
  const keepers = new Map<Operation, LeaseKeeper>();

  const hasStood = ({ heardAtMs }: Pick<Process, 'heardAtMs'>) =>
    jumped && trueMs() - Math.max(jumpedAtMs, heardAtMs) >= BELIEVED_AFTER_MS;
  const trueMs = () => trueClock.now().getTime();
  const processOf = (operation: Operation | undefined) => processes[(operation?.id ?? 0) % PROCESSES];
  const clock: Clock = { now: () => (processOf(current())?.clock ?? trueClock).now() };
  for (const [name, channel] of unguarded(clock)) bare.set(name, withOthers(channel));

  async function begin(): Promise<Process> {
    const process: Omit<Process, 'clock'> = { guards: new Map(), lagMs: 0, heardAtMs: 0, believes: false };
    const ticks = () => trueMs() - process.lagMs;
    const database = {
      query: async () => [{ utc: new Date(trueMs() + databaseAheadMs).toISOString() }],
    };
    const own = await followDatabaseClock(database, { log, ticks });
    // Measured when time passes, and not by the machine's.
    await own.stop();
    for (const [name, channel] of bare) {
      const options = { clock: own, ticks, log, shouldAlert: () => true, maxCalls: 1_000 };
      const onStatedTime = (at: Date) => {
        // What has stood until now is believed, whatever a channel says afterwards.
        process.believes ||= hasStood(process);
        own.observe(at);
        process.heardAtMs = trueMs();
      };
      process.guards.set(name, guardChannel(channel, { ...options, onStatedTime }));
    }
    return Object.assign(process, { clock: own });
  }

  function keeperOf(operation: Operation): LeaseKeeper {
    const known = keepers.get(operation);
    if (known !== undefined) return known;
    const keeper = createLeaseKeeper(store, processOf(operation)?.clock ?? trueClock, log);
    void keeper.stop();
    keepers.set(operation, keeper);
    return keeper;
  }

  const channels = new Map<ChannelName, GuardedChannel>();
  for (const [name, channel] of unguarded(clock)) {
    const own = () => processOf(current())?.guards.get(name) ?? channel;
    channels.set(name, new Proxy(channel, { get: (_, property) => Reflect.get(own(), property) }));
  }

  return {
    clock,
    channels,
    leases: {
      keep(leased) {
        const operation = current();
        if (prolongsLeases && operation !== undefined) keeperOf(operation).keep(leased);
      },
      drop(leased) {
        const operation = current();
        if (operation !== undefined) keepers.get(operation)?.drop(leased);
      },
      async beat() {},
      async stop() {},
    },
    jump(byMs) {
      databaseAheadMs += byMs;
      // Every jump begins anew: what has stood is another one.
      jumpedAtMs = trueMs();
      jumped = true;
    },
    suspend(process, forMs) {
      const suspended = processes[process];
      if (suspended !== undefined) suspended.lagMs += forMs;
      jumped = true;
    },
    async failOthers(process, row, work) {
      const guard = processes[process]?.guards.get(row.channel);
      if (guard === undefined) return;
      const now = processes[process]?.clock.now() ?? trueClock.now();
      for (let count = 0; count < OTHER_ORDERS; count += 1) {
        const other = { ...asChannelOrder(row), orderNo: `${OTHER}${count}`, createAttemptedAt: now };
        if (work === 'create') await guard.create(other, { authCode: null, openId: null, returnUrl: null });
        if (work === 'close') await guard.close(other);
        if (work === 'ask') await guard.query(other);
        if (work === 'refund') {
          const { amountFen } = other;
          await guard.refund(other, {
            refundNo: `R${other.orderNo}`,
            notedAt: now,
            amountFen,
            totalFen: amountFen,
            reason: '',
          });
        }
      }
    },
    beatsUntil(until) {
      if (keepers.size === 0) return [];
      const beats = Math.min(MAX_BEATS, Math.floor((until.getTime() - trueMs()) / BEAT_MS));
      const from = trueMs();
      return Array.from({ length: Math.max(0, beats) }, (_, beat) => new Date(from + (beat + 1) * BEAT_MS));
    },
    async beat(living) {
      for (const [operation, keeper] of keepers) {
        if (living.has(operation)) await keeper.beat();
        else keepers.delete(operation);
      }
    },
    async measure() {
      for (const { clock: own } of processes) await own.measure();
    },
    earliest: () => new Date(Math.min(...processes.map((process) => process.clock.now().getTime()))),
    mayBelieveJump(operation) {
      const process = processOf(operation);
      return process !== undefined && (process.believes || hasStood(process));
    },
    hasJumped: () => jumped,
    async restart(prolongs) {
      databaseAheadMs = 0;
      jumped = false;
      prolongsLeases = prolongs;
      keepers.clear();
      processes = await Promise.all(Array.from({ length: PROCESSES }, begin));
    },
  };
}

/** Other orders, which only the circuit breakers see. */
const OTHER = 'OTHER-';

function withOthers(channel: Channel): Channel {
  const noAnswer = { kind: 'unknown', answer: 'no answer' } as const;
  const isOther = ({ orderNo }: { orderNo: string }) => orderNo.startsWith(OTHER);
  return {
    ...channel,
    create: async (order, payer) => (isOther(order) ? noAnswer : channel.create(order, payer)),
    query: async (order) => (isOther(order) ? noAnswer : channel.query(order)),
    close: async (order) => (isOther(order) ? noAnswer : channel.close(order)),
    refund: async (order, refund) => (isOther(order) ? noAnswer : channel.refund(order, refund)),
  };
}
