import type { SimulatorClock } from './clock.ts';
import type { FaultBook } from './exchange/faults.ts';
import type { Journal } from './exchange/journal.ts';
import type { Staging } from './exchange/staging.ts';
import type { KeyPair } from './format/pem.ts';
import type { Notifier } from './notify/notifier.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';
import type { simulators } from './simulators.ts';

type Simulators = typeof simulators;
/** Any of the gateways. */
export type Each = Simulators[keyof Simulators];

/** What has all that the members of a union have. */
export type AllOf<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** Everyone's keys and numbers, by gateway. */
export type SimulatorKeys = { [Name in keyof Simulators]: ReturnType<Simulators[Name]['keysOf']> } & {
  /** Signs where a signature has to be wrong. */
  stranger: KeyPair;
};

/** What each gateway keeps. */
export type Ledgers = { [Name in keyof Simulators]: ReturnType<Simulators[Name]['emptyLedger']> };

/** Everything that the simulator knows and can do, handed to each of its functions. */
export type World = Ledgers & {
  clock: SimulatorClock;
  keys: SimulatorKeys;
  random: Random;
  settings: Settings;
  faults: FaultBook;
  staging: Staging;
  journal: Journal;
  notifier: Notifier;
  /** Numbers the channels' own ids. */
  nextId(): number;
};

export function nowMs(world: Pick<World, 'clock'>): number {
  return world.clock.now().getTime();
}
